import { isProgram } from "#host/checker/programs.js";
import { collectNames } from "../text/names.js";
import type { NameTable } from "../text/table.js";
import type { TypeScript } from "../typescript.js";
import { blanked, magicLines } from "./magic-lines.js";
import { isMagicName, type Magics, readMagics } from "./magics.js";

/**
 * A cell's lines for the kernel, and the cell without them, in which everything else stands where it stood.
 */
export interface CellMagics extends Magics {
  readonly rest: string;
}

/** What a cell sees beside Node's globals. */
const kernelNames: ReadonlySet<string> = new Set([
  "jupyter",
  "prompt",
  "confirm",
  "require",
  "module",
  "exports",
]);

export function cellMagics(ts: TypeScript, code: string, table: NameTable, folder: string): CellMagics {
  // What most cells have none of.
  if (!/^[ \t]*[!%]/m.test(code)) return { edits: [], isTimed: false, rest: code };
  const file = ts.createSourceFile("cell.ts", code, ts.ScriptTarget.ESNext, false, ts.ScriptKind.TS);
  const { declared } = collectNames(ts, file);
  const isKnown = (name: string): boolean =>
    declared.has(name) || table.get(name) !== undefined || kernelNames.has(name) || name in globalThis;
  const found = magicLines(ts, code, {
    isKnown,
    isProgram: (name) => isProgram(name, folder),
    isMagic: isMagicName,
  });
  const magics = readMagics(code, found);
  let rest = code;
  for (const { start, end } of magics.edits) rest = blanked(rest, start, end);
  return { ...magics, rest };
}
