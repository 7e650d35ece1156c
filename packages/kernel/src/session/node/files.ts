import { readFileSync, statSync } from "node:fs";
import { isBuiltin } from "node:module";

/** Changes when the file at `path` does. */
export function stamp(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats ? `${stats.mtimeMs}:${stats.size}` : "none";
}

export function readBytes(path: string | URL): Uint8Array {
  return readFileSync(path);
}

/** Whether a module is the host's own, which no file holds. */
export function isOwnModule(specifier: string): boolean {
  return isBuiltin(specifier);
}
