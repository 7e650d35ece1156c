import type ts from "typescript6";
import { applyEdits } from "../edits.js";
import type { IsCompleteReply } from "../types.js";
import { parenthesizeObject } from "./text/object-literal.js";
import { parseCell, syntaxErrors } from "./text/syntax.js";
import type { TypeScript } from "./typescript.js";

/** "Unterminated template literal" and "'*\/' expected": more lines may still end them. */
const unterminatedCodes: readonly number[] = [1160, 1010];
/** A string or regular expression that its line leaves open: no further line can end it. */
const brokenCodes: readonly number[] = [1002, 1161];

/** Whether a cell can be run as it stands, needs more lines, or is wrong whatever follows. */
export function isComplete(ts: TypeScript, code: string): IsCompleteReply {
  const errors = errorsOf(ts, code);
  if (errors.length === 0) return { status: "complete" };
  const end = code.trimEnd().length;
  const open = errors.every(
    ({ start, code: number }) =>
      !brokenCodes.includes(number) && (unterminatedCodes.includes(number) || start >= end),
  );
  if (!open) return { status: "invalid" };
  const last =
    code
      .trimEnd()
      .split(/\r\n|[\n\r]/)
      .at(-1) ?? "";
  const indent = /^\s*/.exec(last)?.[0] ?? "";
  return { status: "incomplete", indent: /[{([]$/.test(last) ? `${indent}  ` : indent };
}

function errorsOf(ts: TypeScript, code: string): readonly ts.DiagnosticWithLocation[] {
  const file = parseCell(ts, code);
  const edits = parenthesizeObject(ts, code, file);
  return syntaxErrors(edits.length === 0 ? file : parseCell(ts, applyEdits(code, edits)));
}
