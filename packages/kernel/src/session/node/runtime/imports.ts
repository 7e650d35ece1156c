import { createRequire } from "node:module";
import { dirname, isAbsolute, join } from "node:path";
import { pathToFileURL } from "node:url";
import { constants, Script } from "node:vm";
import { withoutRegistry } from "../../packages.js";
import * as tslab from "../../runtime/api/tslab.js";
import { bind } from "../../runtime/boxes.js";
import type { CellUnit } from "../../unit.js";
import { installHint } from "../package-hints.js";
import { addModules, importLocal, linkRequired, requireFrom } from "./local-modules.js";
import { completed, type Namespace, namespaceOf } from "./namespaces.js";

import { addLinks, placeOf, resolveOwn } from "./resolve.js";

type Attributes = { readonly [key: string]: string };

/** Stands for the notebook wherever a path is asked for: imports resolve from its folder. */
export const notebookFile: string = join(process.cwd(), "notebook.ts");

type Importer = (specifier: string, options?: { with: Attributes }) => Promise<Namespace>;

/** `import()` as Node does it for a file of this folder, by folder. */
const importers = new Map<string, Importer>();

function importerOf(from: string): Importer {
  const folder = dirname(from);
  let importer = importers.get(folder);
  if (!importer) {
    importer = new Script("(specifier, options) => import(specifier, options)", {
      filename: join(folder, "notebook.ts"),
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    }).runInThisContext() as Importer;
    importers.set(folder, importer);
  }
  return importer;
}

const ownRequire = requireFrom(notebookFile, importModule);

function requireFromCell(id: string): unknown {
  if (id === "tslab") return tslab;
  try {
    return ownRequire(withoutRegistry(id));
  } catch (error) {
    throw explained(error, id, notebookFile);
  }
}

/** `require` for cells, in every folder. */
export const cellRequire: NodeJS.Require = Object.assign(requireFromCell, ownRequire);

/** `import()` for cells: as Node's, and TypeScript files, paths without extension, and the module "tslab". */
export async function importModule(
  written: string,
  attributes: Attributes = {},
  from: string = notebookFile,
): Promise<Namespace> {
  if (written === "tslab") return tslab;
  const specifier = withoutRegistry(written);
  const own = resolveOwn(specifier, from);
  if (own !== undefined) {
    const module = await importLocal(own, importModule);
    if (module) return module;
  }
  const target = own === undefined ? specifier : pathToFileURL(own).href;
  // Types and bundlers take JSON without a word about it; Node asks for one.
  const needed = target.endsWith(".json") ? { type: "json", ...attributes } : attributes;
  const namespace = await importNatively(target, needed, placeOf(target, from));
  return needed.type === "json" ? namespaceOf(namespace.default) : completed(namespace, isCommonJs);
}

async function importNatively(target: string, attributes: Attributes, from: string): Promise<Namespace> {
  const native = importerOf(from);
  const options = Object.keys(attributes).length === 0 ? undefined : { with: attributes };
  try {
    return await native(target, options);
  } catch (error) {
    const found = isNotFound(error) ? requirable(target, from) : undefined;
    if (found === undefined) throw explained(error, target, from);
    return native(pathToFileURL(found).href, options);
  }
}

/** Says how to get a package that is not there. */
function explained(error: unknown, specifier: string, from: string): unknown {
  const { code } = error as { readonly code?: unknown };
  if (!(error instanceof Error) || (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND"))
    return error;
  const hint = installHint(specifier, dirname(from));
  if (hint !== undefined) error.message = `${error.message.split("\n", 1)[0]}: ${hint}`;
  return error;
}

function isNotFound(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return code === "ERR_MODULE_NOT_FOUND" || code === "ERR_UNSUPPORTED_DIR_IMPORT";
}

/** Types and bundlers find "lodash/chunk", as `require` does; Node's `import` wants the extension too. */
function requirable(specifier: string, from: string): string | undefined {
  try {
    const found = createRequire(from).resolve(specifier);
    return isAbsolute(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

function isCommonJs(exports: unknown): boolean {
  return Object.values(ownRequire.cache).some((module) => module?.exports === exports);
}

function read(namespace: Namespace, name: string): unknown {
  return name === "*" ? namespace : namespace[name];
}

/** Carries out a cell's import declarations, and makes ready what it requires. */
export async function bindImports({ imports, required }: CellUnit): Promise<void> {
  if (required.length > 0) await linkRequired(required, importModule);
  for (const { specifier, attributes, bindings } of imports) {
    const namespace = await importModule(specifier, attributes);
    for (const { imported, local } of bindings) bind(local, () => read(namespace, imported));
  }
}

/** Notes what a cell brings for its imports. */
export function addOwnImports({ modules, links }: CellUnit): void {
  addModules(modules);
  addLinks(notebookFile, links);
}
