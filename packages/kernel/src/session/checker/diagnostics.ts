import type ts from "typescript6";
import { relative } from "#host/paths.js";
import { mapOffset } from "../edits.js";
import type { CellError, Diagnosis } from "../types.js";
import type { Edit } from "../unit.js";
import { toCodePoints } from "./text/offsets.js";
import { regularExpressionErrors, syntaxErrorCode } from "./text/regular-expressions.js";
import type { TypeScript } from "./typescript.js";

/** An import of a package that has no types: it runs, as `any`. */
const untypedModule = 7016;
const assignsImport = 2632;
const assignsConstant = 2588;
const lineEnd = /\r\n|[\n\r\u2028\u2029]/;

export interface CheckedText {
  readonly code: string;
  /** What was changed in `code` before it was checked. */
  readonly edits: readonly Edit[];
  /** The edited code's length: behind it stands what the kernel added. */
  readonly length: number;
  readonly executionCount: number;
}

/** What the kernel knows beside the checker of what a message is about: `name`, as the cell has it. */
export interface Explainer {
  /** What to say instead of a message about a name. */
  readonly instead: (name: string, message: string) => string | undefined;
  /** What to do about it. */
  readonly hint: (name: string, message: string) => string | undefined;
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
      code !== untypedModule &&
      start !== undefined &&
      start <= cell.length,
  );
}

/** The diagnostics of the user's own files that stop a cell which imports them. */
export function fileErrors(
  ts: TypeScript,
  program: ts.Program,
  modules: readonly { readonly path: string }[],
): readonly ts.Diagnostic[] {
  return modules.flatMap(({ path }) => {
    const file = /\.[cm]?tsx?$/.test(path) ? program.getSourceFile(path) : undefined;
    if (!file) return [];
    const all = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    const errors = all.filter(
      ({ category, code }) => category === ts.DiagnosticCategory.Error && code !== untypedModule,
    );
    return errors.length > 0 ? errors : regularExpressionErrors(ts, file);
  });
}

/** A cell's errors as Jupyter shows them: each with its code, line, column and the line itself. */
export function describeErrors(
  ts: TypeScript,
  diagnostics: readonly ts.Diagnostic[],
  cell: CheckedText,
  explainer: Explainer,
): CellError {
  return toCellError(
    diagnostics.map((diagnostic) => {
      const { code, text, hint } = content(ts, diagnostic, explainer);
      const offset = Math.min(mapOffset(cell.edits, diagnostic.start ?? 0).offset, cell.code.length);
      const { line, column, excerpt } = place(cell.code, offset, diagnostic.length);
      return {
        summary: `${code}: ${text} at line ${line}:${column}`,
        lines: [
          `In [${cell.executionCount}]:${line}:${column} - error ${code}: ${text}`,
          ...excerpt,
          ...hintLine(hint),
        ],
      };
    }),
  );
}

/** A cell's errors by their places in its text. */
export function locateErrors(
  ts: TypeScript,
  diagnostics: readonly ts.Diagnostic[],
  cell: CheckedText,
  explainer: Explainer,
): readonly Diagnosis[] {
  const inCell = (offset: number): number =>
    toCodePoints(cell.code, Math.min(mapOffset(cell.edits, offset).offset, cell.code.length));
  return diagnostics.map((diagnostic) => {
    const { code, text, hint } = content(ts, diagnostic, explainer);
    const { start = 0, length = 0 } = diagnostic;
    return {
      start: inCell(start),
      end: inCell(start + length),
      code,
      message: hint === undefined ? text : `${text}\n${hint}`,
    };
  });
}

/** Errors in the user's own files, which the cell imports, named from the notebook's folder. */
export function describeFileErrors(
  ts: TypeScript,
  diagnostics: readonly ts.Diagnostic[],
  cwd: string,
  explainer: Explainer,
): CellError {
  return toCellError(
    diagnostics.map((diagnostic) => {
      const { code, text, hint } = content(ts, diagnostic, explainer);
      const { file, start = 0, length } = diagnostic;
      const { line, column, excerpt } = place(file?.text ?? "", start, length);
      const at = `${relative(cwd, file?.fileName ?? cwd)}:${line}:${column}`;
      return {
        summary: `${code}: ${text} at ${at}`,
        lines: [`${at} - error ${code}: ${text}`, ...excerpt, ...hintLine(hint)],
      };
    }),
  );
}

interface Described {
  readonly summary: string;
  readonly lines: readonly string[];
}

function toCellError(described: readonly Described[]): CellError {
  const more = described.length > 1 ? ` (and ${described.length - 1} more)` : "";
  return {
    ename: "TypeScriptError",
    evalue: `${described[0]?.summary ?? ""}${more}`,
    traceback: described.flatMap(({ lines }) => lines),
  };
}

/** Messages about a name or a member that is not there. */
const notFoundCodes: ReadonlySet<number> = new Set([
  // A module, and a parameter's type.
  2307, 2792, 2875, 2882, 7006, 7031,

  2304, 2339, 2550, 2551, 2552, 2580, 2583, 2584, 2585, 2591, 2693, 2708,
  // A library that a reference names.
  6053,
]);

function content(
  ts: TypeScript,
  diagnostic: ts.Diagnostic,
  explainer: Explainer,
): { readonly code: string; readonly text: string; readonly hint: string | undefined } {
  const { code, file, start = 0, length = 0 } = diagnostic;
  const message = clean(ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"));
  if (code === assignsImport)
    return {
      code: `TS${assignsConstant}`,
      text: message.replace("it is an import", "it is a constant"),
      hint: undefined,
    };
  const name = file?.text.slice(start, start + length) ?? "";
  const explained = notFoundCodes.has(code) ? explainer.instead(name, message) : undefined;
  const hint = explainer.hint(name, message);
  return {
    code: code === syntaxErrorCode ? "SyntaxError" : `TS${code}`,
    text: explained ?? message,
    hint,
  };
}

function hintLine(hint: string | undefined): readonly string[] {
  return hint === undefined ? [] : [`     | ${hint}`];
}

/** Where an offset is, counted from one, and its line with what is meant underlined. */
function place(
  text: string,
  offset: number,
  length = 1,
): { line: number; column: number; excerpt: readonly string[] } {
  const before = text.slice(0, offset).split(lineEnd);
  const line = before.length;
  const column = (before.at(-1) ?? "").length;
  const source = text.split(lineEnd)[line - 1] ?? "";
  const width = Math.max(1, Math.min(length, source.length - column));
  return {
    line,
    column: column + 1,
    excerpt: [
      `${String(line).padStart(4)} | ${source}`,
      `     | ${source.slice(0, column).replace(/[^\t]/g, " ")}${"~".repeat(width)}`,
    ],
  };
}

/** Cells are files only inside the kernel; a message names a type by itself. */
function clean(message: string): string {
  return message
    .replace(/import\("[^"]*\/\[cell(?:-\d+)?\]"\)\./g, "")
    .replace(/"[^"]*\/\[cell(?:-\d+)?\]"/g, "the cell");
}
