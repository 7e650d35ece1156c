import { readFileSync, statSync } from "node:fs";
import { dependencies } from "./dependencies.js";

/** A longer file takes too long to look through: its outputs are in it. */
const longestNotebook = 2_000_000;

/**
 * What the session's cells may import: what the notebook does that a Jupyter server started the kernel for,
 * then what package.json names.
 */
export function* expectedImports(folder: string): Generator<readonly string[]> {
  yield importsOf(process.env.JPY_SESSION_NAME);
  yield dependencies(folder).names;
}

/** What stands behind `from` and `import` in a notebook's file, in which quotes of a cell may be escaped. */
function importsOf(notebook: string | undefined): readonly string[] {
  try {
    if (notebook === undefined || statSync(notebook).size > longestNotebook) return [];
    const found = readFileSync(notebook, "utf8").matchAll(/\b(?:from|import)\s*\(?\s*\\?["'`]([^"'`\\\s]+)/g);
    return [...new Set(Array.from(found, ([, name = ""]) => name))];
  } catch {
    // It was never saved, or this is no file's name.
    return [];
  }
}
