import { bytesOf, entriesOf, isFile, isFolder } from "../tree.js";
import { inspect } from "./inspect.js";

/** What `node:fs` gives cells in a browser: reading of the files that the page gave the session. */

export function existsSync(path: string | URL): boolean {
  const place = pathOf(path);
  return isFile(place) || isFolder(place);
}

/** Bytes, as Node gives them, or text where an encoding is named. */
export function readFileSync(
  path: string | URL,
  options?: string | { readonly encoding?: string | null } | null,
): Uint8Array | string {
  const place = pathOf(path);
  const bytes = bytesOf(place);
  if (!bytes)
    throw Object.assign(new Error(`ENOENT: no such file or directory, open '${place}'`), {
      errno: -2,
      code: "ENOENT",
      syscall: "open",
      path: place,
    });
  const encoding = typeof options === "string" ? options : options?.encoding;
  if (encoding === undefined || encoding === null) return bytes;
  if (!/^utf-?8$/i.test(encoding))
    throw new TypeError(`readFileSync: a browser reads text as utf8 only; got encoding=${inspect(encoding)}`);
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

export function readdirSync(path: string | URL): string[] {
  return entriesOf(pathOf(path))
    .map((entry) => entry.replace(/^.*\//, ""))
    .sort();
}

function pathOf(path: string | URL): string {
  return path instanceof URL ? decodeURIComponent(path.pathname) : path;
}
