import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { constants, Script } from "node:vm";
import type { ImportUnit } from "../unit.js";
import { bind } from "./boxes.js";
import { importLocal } from "./local-modules.js";
import { resolveLocal } from "./resolve.js";
import * as tslab from "./tslab.js";

interface Namespace {
  readonly [name: string]: unknown;
  readonly default?: unknown;
  readonly __esModule?: unknown;
}
type Attributes = { readonly [key: string]: string };

/** Stands for the notebook wherever a path is asked for: imports resolve from its folder. */
export const notebookFile: string = join(process.cwd(), "notebook.ts");

/** `import()` as Node does it for a file in the notebook's folder. */
const nativeImport = new Script("(specifier, options) => import(specifier, options)", {
  filename: notebookFile,
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
}).runInThisContext() as (specifier: string, options?: { with: Attributes }) => Promise<Namespace>;

const nodeRequire = createRequire(notebookFile);

function requireFromCell(id: string): unknown {
  return id === "tslab" ? tslab : nodeRequire(id);
}

/** `require` for cells, in every folder. */
export const cellRequire: NodeJS.Require = Object.assign(requireFromCell, nodeRequire);

/** `import()` for cells: as Node's, and TypeScript files, paths without extension, and the module "tslab". */
export async function importModule(
  specifier: string,
  attributes: Attributes = {},
  from: string = notebookFile,
): Promise<Namespace> {
  if (specifier === "tslab") return tslab;
  const local = resolveLocal(specifier, from);
  if (local !== undefined) {
    const module = await importLocal(local, importModule);
    if (module) return module;
  }
  const target = local === undefined ? specifier : pathToFileURL(local).href;
  const namespace =
    Object.keys(attributes).length === 0
      ? await nativeImport(target)
      : await nativeImport(target, { with: attributes });
  return interoperable(namespace);
}

/**
 * A CommonJS module that was compiled from ESM says so by `__esModule`; its default export is then what it exports as
 * `default`, which is also what its types say.
 */
function interoperable(namespace: Namespace): Namespace {
  const whole = namespace.default as Namespace | undefined;
  const isCompiled =
    typeof whole === "object" && whole !== null && namespace.__esModule === true && whole.__esModule === true;
  if (!isCompiled) return namespace;
  return whole;
}

function read(namespace: Namespace, name: string): unknown {
  if (name === "*" || name in namespace) return name === "*" ? namespace : namespace[name];
  // Names of a CommonJS module that Node's scan did not find are there all the same.
  return (namespace.default as Namespace | undefined)?.[name];
}

/** Carries out a cell's import declarations. */
export async function bindImports(imports: readonly ImportUnit[]): Promise<void> {
  for (const { specifier, attributes, bindings } of imports) {
    const namespace = await importModule(specifier, attributes);
    for (const { imported, local } of bindings) bind(local, () => read(namespace, imported));
  }
}
