import type ts from "typescript6";
import { backward } from "../edits.js";
import type { CellError } from "../types.js";
import type { Edit } from "../unit.js";
import type { TypeScript } from "./typescript.js";

/** An import of a package that has no types: it runs, as `any`. */
const UNTYPED_MODULE = 7016;
const ASSIGNS_IMPORT = 2632;
const ASSIGNS_CONSTANT = 2588;

export interface CheckedText {
  readonly code: string;
  /** What was changed in `code` before it was checked. */
  readonly edits: readonly Edit[];
  /** The edited code's length: behind it stands what the kernel added. */
  readonly length: number;
  readonly executionCount: number;
}

/** The diagnostics that stop a cell: those in its own text. */
export function ownErrors(
  ts: TypeScript,
  diagnostics: readonly ts.Diagnostic[],
  cell: CheckedText,
): readonly ts.Diagnostic[] {
  return diagnostics.filter(
    ({ category, start, code }) =>
      category === ts.DiagnosticCategory.Error &&
      code !== UNTYPED_MODULE &&
      start !== undefined &&
      start <= cell.length,
  );
}

/** A cell's errors as Jupyter shows them: each with its code, line, column and the line itself. */
export function describeErrors(
  ts: TypeScript,
  diagnostics: readonly ts.Diagnostic[],
  cell: CheckedText,
): CellError {
  const lines = cell.code.split(/\r\n|[\n\r\u2028\u2029]/);
  const described = diagnostics.map((diagnostic) => {
    const message = clean(ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"));
    const constant = diagnostic.code === ASSIGNS_IMPORT;
    const code = constant ? ASSIGNS_CONSTANT : diagnostic.code;
    const text = constant ? message.replace("it is an import", "it is a constant") : message;
    const offset = Math.min(backward(cell.edits, diagnostic.start ?? 0), cell.code.length);
    const before = cell.code.slice(0, offset).split(/\r\n|[\n\r\u2028\u2029]/);
    const line = before.length;
    const column = (before.at(-1) ?? "").length;
    const source = lines[line - 1] ?? "";
    const width = Math.max(1, Math.min(diagnostic.length ?? 1, source.length - column));
    return {
      place: `${line}:${column + 1}`,
      summary: `TS${code}: ${text}`,
      excerpt: [
        `${String(line).padStart(4)} | ${source}`,
        `     | ${source.slice(0, column).replace(/[^\t]/g, " ")}${"~".repeat(width)}`,
      ],
    };
  });
  const first = described[0];
  const more = described.length > 1 ? ` (and ${described.length - 1} more)` : "";
  return {
    ename: "TypeScriptError",
    evalue: `${first?.summary ?? ""} at line ${first?.place ?? ""}${more}`,
    traceback: described.flatMap(({ place, summary, excerpt }) => [
      `In [${cell.executionCount}]:${place} - error ${summary}`,
      ...excerpt,
    ]),
  };
}

/** Cells are files only inside the kernel; a message names a type by itself. */
function clean(message: string): string {
  return message
    .replace(/import\("[^"]*\/\[cell(?:-\d+)?\]"\)\./g, "")
    .replace(/"[^"]*\/\[cell(?:-\d+)?\]"/g, "the cell");
}
