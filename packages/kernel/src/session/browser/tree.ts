import { dirname, notebookFolder, resolve } from "./paths.js";

/** The worker's file tree: what the bundle brings for the checker, and what the page gives the session. */
const contents = new Map<string, string | Uint8Array>();
const versions = new Map<string, number>();
/**
 * The notebook's folder is there without any file in it: the checker looks for what is imported from where
 * the cell is.
 */
const folders = new Map<string, Set<string>>([[notebookFolder, new Set()]]);
let changes = 0;

export function writeFile(path: string, content: string | Uint8Array): void {
  const target = resolve(path);
  contents.set(target, content);
  versions.set(target, ++changes);
  for (let at = target; at !== "/"; at = dirname(at)) {
    const folder = dirname(at);
    const entries = folders.get(folder) ?? new Set();
    entries.add(at);
    folders.set(folder, entries);
  }
}

export function removeFile(path: string): void {
  const target = resolve(path);
  contents.delete(target);
  folders.get(dirname(target))?.delete(target);
}

export function isFile(path: string): boolean {
  return contents.has(resolve(path));
}

export function isFolder(path: string): boolean {
  return folders.has(resolve(path));
}

/** Changes with every file that is written. */
export function versionOf(path: string): number | undefined {
  return contents.has(resolve(path)) ? versions.get(resolve(path)) : undefined;
}

/** The paths of what a folder holds. */
export function entriesOf(path: string): readonly string[] {
  return [...(folders.get(resolve(path)) ?? [])];
}

export function bytesOf(path: string): Uint8Array<ArrayBuffer> | undefined {
  const content = contents.get(resolve(path));
  if (content === undefined) return undefined;
  return typeof content === "string" ? new TextEncoder().encode(content) : Uint8Array.from(content);
}

export function textOf(path: string): string | undefined {
  const content = contents.get(resolve(path));
  return content === undefined || typeof content === "string" ? content : new TextDecoder().decode(content);
}
