import { statSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { besideKernel, kernelSide } from "../beside-kernel.js";

const extensions = [".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".json"];
type Links = { readonly [specifier: string]: string };

/** The folder whose packages are there for everybody. */
const side = kernelSide(fileURLToPath(import.meta.url));

/** The file that the import of a package in `from` counts from: that one, or one beside the kernel. */
export function placeOf(specifier: string, from: string): string {
  return besideKernel(specifier, dirname(from), side) ?? from;
}

/** Where the checker saw the imports of a file lead, by its path. */
const links = new Map<string, Links>();

/** Notes how a file's imports lead to the user's own files; a cell's come on top of those of earlier ones. */
export function addLinks(from: string, found: Links): void {
  links.set(from, { ...links.get(from), ...found });
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/**
 * The file of the user's own that an import means: where its types come from, so that what runs is what was
 * checked; else, for a specifier that the program computed, what a path or Node's own resolution leads to.
 */
export function resolveOwn(specifier: string, from: string): string | undefined {
  const linked = links.get(from)?.[specifier];
  if (linked !== undefined && isFile(linked)) return linked;
  return isPath(specifier) ? resolvePath(specifier, from) : resolveBare(specifier, from);
}

function isPath(specifier: string): boolean {
  return specifier.startsWith("file:") || isAbsolute(specifier) || /^\.\.?(\/|$)/.test(specifier);
}

/** TypeScript sources that a package's name leads to, outside `node_modules`. */
function resolveBare(specifier: string, from: string): string | undefined {
  if (isBuiltin(specifier)) return undefined;
  try {
    // The second argument counts: the process is started with the option that it needs.
    const url = import.meta.resolve(specifier, pathToFileURL(from));
    const path = url.startsWith("file:") ? fileURLToPath(url) : "";
    return /\.[cm]?tsx?$/.test(path) && !path.includes("/node_modules/") && isFile(path) ? path : undefined;
  } catch {
    // Whoever imports it says what is wrong.
    return undefined;
  }
}

/**
 * The file that a relative or absolute specifier means, its extension left out or written as the compiled
 * one.
 */
function resolvePath(specifier: string, from: string): string | undefined {
  const path = specifier.startsWith("file:") ? fileURLToPath(specifier) : resolve(dirname(from), specifier);
  if (isFile(path)) return path;
  for (const extension of extensions) if (isFile(path + extension)) return path + extension;
  const typed = path.replace(/\.([cm]?)js(x?)$/, ".$1ts$2");
  if (typed !== path && isFile(typed)) return typed;
  for (const extension of extensions) {
    const index = join(path, `index${extension}`);
    if (isFile(index)) return index;
  }
  return undefined;
}
