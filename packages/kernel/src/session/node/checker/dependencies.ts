import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

/** What a folder's package.json asks for, and a word that changes with it and with what is installed. */
export interface Dependencies {
  readonly names: readonly string[];
  readonly stamp: string;
}

export function dependencies(folder: string): Dependencies {
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, "package.json");
    if (changed(path) !== undefined)
      return { names: namesIn(path), stamp: `${path} ${changed(path)} ${changed(join(at, "node_modules"))}` };
    if (dirname(at) === at) return { names: [], stamp: "" };
  }
}

function changed(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}

function namesIn(path: string): readonly string[] {
  try {
    const manifest = JSON.parse(readFileSync(path, "utf8")) as { readonly [key: string]: unknown };
    return ["dependencies", "devDependencies"]
      .flatMap((key) => Object.keys((manifest[key] as object | undefined) ?? {}))
      .filter((name) => !name.startsWith("@types/"));
  } catch {
    return [];
  }
}
