import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const ownFolder = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Whether a file is the session's own, which no stack trace shows. */
export function isOwnFile(file: string): boolean {
  return (file.startsWith("file:") ? fileURLToPath(file) : file).startsWith(ownFolder);
}

/** A script's name as `evaluate` was given it, in a text of the engine's. */
export function writtenNames(text: string): string {
  return text;
}
