import type ts from "typescript6";
import { syntaxErrors } from "../text/syntax.js";
import type { TypeScript } from "../typescript.js";

/** A line of a cell that is for a shell or for the kernel, from its first mark to its end. */
export interface MagicLine {
  readonly start: number;
  readonly end: number;
  /** What stands there, without continued lines' backslashes. */
  readonly text: string;
}

/** What tells such a line from TypeScript where it could be either. */
export interface Surroundings {
  /** Whether a value of this name is there: of the cell, of the session, of all. */
  readonly isKnown: (name: string) => boolean;
  readonly isProgram: (name: string) => boolean;
  readonly isMagic: (name: string) => boolean;
}

/** Words of a shell that are no programs. */
const shellWords: ReadonlySet<string> = new Set([
  "cd",
  "export",
  "source",
  "type",
  "ulimit",
  "umask",
  "for",
  "if",
  "while",
  "set",
]);

/**
 * The lines of a cell that begin with `!` or `%` and are no TypeScript. `!x`, `a\n% b`, and what stands in a
 * template or a comment is TypeScript; so is `!ls`, unless nothing is named `ls` and a program is.
 */
export function magicLines(ts: TypeScript, code: string, surroundings: Surroundings): readonly MagicLine[] {
  const found: MagicLine[] = [];
  let text = code;
  for (const match of code.matchAll(/^[ \t]*(?=[!%])/gm)) {
    const start = match.index + match[0].length;
    if (found.some((line) => start < line.end)) continue;
    const end = lineEnd(code, start);
    const first = code.slice(start, firstEnd(code, start));
    const file = ts.createSourceFile("cell.ts", text, ts.ScriptTarget.ESNext, false, ts.ScriptKind.TS);
    const errors = syntaxErrors(file).filter(
      (error) => error.start >= start && error.start <= start + first.length,
    );
    const isIt = first.startsWith("!")
      ? isShell(ts, file, start, first, errors.length === 0, surroundings)
      : isMagic(ts, file, start, first, errors, surroundings);
    if (!isIt) continue;
    found.push({ start, end, text: code.slice(start, end).replace(/\\\r?\n/g, " ") });
    text = blanked(text, start, end);
  }
  return found;
}

/** The text with a stretch of it blank, and nothing moved; what stands before does not go on behind. */
export function blanked(text: string, start: number, end: number): string {
  if (start === end) return text;
  const before = text.slice(0, start);
  return `${before}${before.trim() === "" ? " " : ";"}${text.slice(start + 1, end).replace(/[^\r\n]/g, " ")}${text.slice(end)}`;
}

function firstEnd(code: string, start: number): number {
  const length = code.slice(start).search(/\r?\n/);
  return length < 0 ? code.length : start + length;
}

/** The line's end, and where it ends in a backslash, that of the line behind it. */
function lineEnd(code: string, start: number): number {
  let end = firstEnd(code, start);
  while (code[end - 1] === "\\" && end < code.length)
    end = firstEnd(code, end + (code[end] === "\r" ? 2 : 1));
  return end;
}

function isShell(
  ts: TypeScript,
  file: ts.SourceFile,
  start: number,
  line: string,
  isValid: boolean,
  { isKnown, isProgram }: Surroundings,
): boolean {
  if (!startsStatement(ts, file, start)) return false;
  const rest = line.replace(/^!+\s*/, "");
  const [word = ""] = /^[^\s;|&<>()]+/.exec(rest) ?? [];
  const [name] = /^[\p{ID_Start}$_][\p{ID_Continue}$]*/u.exec(rest) ?? [];
  if (name !== undefined && isKnown(name))
    return !isValid && !/^\s*([([]|\??\.|$)/.test(rest.slice(name.length));
  if (!isValid) return word !== "";
  return [word, name].some(
    (program) => program !== undefined && (isProgram(program) || shellWords.has(program)),
  );
}

function isMagic(
  ts: TypeScript,
  file: ts.SourceFile,
  start: number,
  line: string,
  errors: readonly ts.DiagnosticWithLocation[],
  { isKnown, isMagic: isOne }: Surroundings,
): boolean {
  const [, marks = "", name] = /^(%%?)([A-Za-z_]\w*)/.exec(line) ?? [];
  if (name === undefined) return false;
  // No statement begins so.
  if (errors.some((error) => error.start === start)) return true;
  if (!isOperator(ts, file, start)) return false;
  return marks === "%%" || (!isKnown(name) && (errors.length > 0 || isOne(name)));
}

function startsStatement(ts: TypeScript, file: ts.SourceFile, start: number): boolean {
  const find = (node: ts.Node): boolean => {
    if (start < node.pos || start >= node.end) return false;
    if (ts.isExpressionStatement(node) && node.getStart(file) === start) return true;
    return ts.forEachChild(node, find) === true;
  };
  return find(file);
}

function isOperator(ts: TypeScript, file: ts.SourceFile, start: number): boolean {
  const find = (node: ts.Node): boolean => {
    if (start < node.pos || start >= node.end) return false;
    if (ts.isBinaryExpression(node) && node.operatorToken.getStart(file) === start) return true;
    return ts.forEachChild(node, find) === true;
  };
  return find(file);
}
