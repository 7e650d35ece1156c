import { bytesOf, versionOf } from "./tree.js";

/** Changes when the file at `path` does. */
export function stamp(path: string): string {
  return String(versionOf(path) ?? "none");
}

export function readBytes(path: string | URL): Uint8Array {
  const bytes = bytesOf(String(path));
  if (!bytes)
    throw new Error(`no file ${path}: in a browser a notebook sees the files that its page gives it`);
  return bytes;
}

/** Whether a module is the host's own, which no file holds. */
export function isOwnModule(_specifier: string): boolean {
  return false;
}
