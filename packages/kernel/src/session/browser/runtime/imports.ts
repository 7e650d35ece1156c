import { withoutRegistry } from "../../packages.js";
import * as tslab from "../../runtime/api/tslab.js";
import { bind } from "../../runtime/boxes.js";
import type { CellUnit } from "../../unit.js";
import { installHint } from "../package-hints.js";
import { join, notebookFolder } from "../paths.js";
import { textOf } from "../tree.js";
import * as fileSystem from "./file-system.js";

/** What `import * as name` gives. */
export interface Namespace {
  readonly [name: string]: unknown;
}

/** Stands for the notebook wherever a path is asked for. */
export const notebookFile: string = join(notebookFolder, "notebook.ts");

const modules = new Map<string, Namespace>([
  ["tslab", tslab],
  ["fs", fileSystem],
  ["node:fs", fileSystem],
]);

/** Adds what the worker's bundle brings, by the name that cells import it by. */
export function addBundled(packages: { readonly [name: string]: Namespace }): void {
  for (const [name, namespace] of Object.entries(packages)) modules.set(name, namespace);
}

export function bundled(name: string): Namespace | undefined {
  return modules.get(name);
}

/** `import()` for cells: what the bundle brings, JSON among the session's files, and modules by URL. */
export async function importModule(
  written: string,
  _attributes: { readonly [key: string]: string } = {},
): Promise<Namespace> {
  const specifier = withoutRegistry(written);
  const found = modules.get(specifier);
  if (found) return found;
  if (isByUrl(specifier)) return importByUrl(specifier);
  const text = specifier.endsWith(".json") && /^\.{0,2}\//.test(specifier) ? textOf(specifier) : undefined;
  if (text !== undefined) return { default: JSON.parse(text) as unknown };
  throw notFound(specifier);
}

/** Of these modules the checker knows nothing. */
function isByUrl(specifier: string): boolean {
  return /^(https?|blob|data):/.test(specifier);
}

/** A bundler must not take this `import` for its own. */
function importByUrl(url: string): Promise<Namespace> {
  const load = new Function("url", "return import(url)") as (url: string) => Promise<Namespace>;
  return load(url);
}

function notFound(specifier: string): Error {
  const hint = installHint(specifier);
  return new Error(`Cannot find module '${specifier}'${hint === undefined ? "" : `: ${hint}`}`);
}

/** `require` for cells, which can load only what is there already. */
export function cellRequire(id: string): unknown {
  const found = modules.get(withoutRegistry(id));
  if (!found) throw notFound(id);
  return found;
}

/** Carries out a cell's import declarations. */
export async function bindImports({ imports }: CellUnit): Promise<void> {
  for (const { specifier, attributes, bindings } of imports) {
    const namespace = await importModule(specifier, attributes);
    for (const { imported, local } of bindings) {
      if (isByUrl(specifier) && imported !== "*" && !(imported in namespace))
        throw new SyntaxError(
          `The requested module '${specifier}' does not provide an export named '${imported}'`,
        );
      bind(local, () => (imported === "*" ? namespace : namespace[imported]));
    }
  }
}

/** A cell brings no modules of its own. */
export function addOwnImports(_unit: CellUnit): void {}
