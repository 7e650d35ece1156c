import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const ownFolder = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Whether a file is the session's own, which no stack trace shows. */
export function isOwnFile(file: string): boolean {
  return (file.startsWith("file:") ? fileURLToPath(file) : file).startsWith(ownFolder);
}

/** An error's stack in the shape of V8's. */
export function stackOf(error: Error): unknown {
  return error.stack;
}
