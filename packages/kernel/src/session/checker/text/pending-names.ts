import type ts from "typescript6";
import type { TypeScript } from "../typescript.js";
import { type CellNames, collectNames } from "./names.js";
import { parseCell } from "./syntax.js";
import type { NameTable } from "./table.js";

/** "Cannot find name", of a value, a namespace, a property's shorthand, or with a proposal. */
const notFoundCodes: ReadonlySet<number> = new Set([2304, 2503, 2552, 18004]);
/**
 * "Implicitly has an 'any' type", of a parameter, a variable, an element: what is not known hands its
 * ignorance on.
 */
const implicitAnyCodes: ReadonlySet<number> = new Set([7005, 7006, 7019, 7031, 7034, 7053]);

/**
 * The names that a cell mentions, that nobody has declared yet, and that the cells will declare which have
 * not run.
 */
export function pendingNames(
  ts: TypeScript,
  cell: CellNames,
  table: NameTable,
  pending: readonly string[],
): ReadonlySet<string> {
  const coming = new Set(
    pending.flatMap((text) => [...collectNames(ts, parseCell(ts, text)).declared.keys()]),
  );
  const isMissing = (name: string): boolean =>
    coming.has(name) && !cell.declared.has(name) && table.get(name) === undefined;
  return new Set([...cell.mentioned].filter(isMissing));
}

/** The errors that are left once the missing names are there, of whatever types. */
export function withoutPending(
  errors: readonly ts.Diagnostic[],
  missing: ReadonlySet<string>,
): readonly ts.Diagnostic[] {
  if (missing.size === 0) return errors;
  return errors.filter(({ code, file, start = 0, length = 0 }) => {
    if (implicitAnyCodes.has(code)) return false;
    return !notFoundCodes.has(code) || !missing.has(file?.text.slice(start, start + length) ?? "");
  });
}
