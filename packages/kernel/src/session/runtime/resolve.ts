import { statSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const EXTENSIONS = [".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".json"];

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** The file that a relative or absolute specifier means, its extension left out or written as the compiled one. */
export function resolveLocal(specifier: string, containingFile: string): string | undefined {
  let path: string;
  if (specifier.startsWith("file:")) path = fileURLToPath(specifier);
  else if (isAbsolute(specifier)) path = specifier;
  else if (/^\.\.?(\/|$)/.test(specifier)) path = resolve(dirname(containingFile), specifier);
  else return undefined;
  if (isFile(path)) return path;
  for (const extension of EXTENSIONS) if (isFile(path + extension)) return path + extension;
  const typed = path.replace(/\.([cm]?)js(x?)$/, ".$1ts$2");
  if (typed !== path && isFile(typed)) return typed;
  for (const extension of EXTENSIONS) {
    const index = join(path, `index${extension}`);
    if (isFile(index)) return index;
  }
  return undefined;
}
