import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type LibraryGaps, newLibrary } from "../../checker/program/libraries.js";
import { declaredIn, missingOf } from "../../checker/program/missing-members.js";
import type { TypeScript } from "../../checker/typescript.js";

/**
 * The gaps of TypeScript's libraries in `folder`. V8 builds a start-up snapshot in a world without its newest
 * names (RegExp.escape, Float16Array, ...), although each program that starts from it has them: so a process
 * of the ordinary kind has to look.
 */
export function libraryGaps(ts: TypeScript, folder: string): LibraryGaps {
  const files = readdirSync(folder).filter((file) => newLibrary.test(file));
  return Object.fromEntries(
    files.map((file) => [file, missingOf(declaredIn(ts, readFileSync(join(folder, file), "utf8")))]),
  );
}
