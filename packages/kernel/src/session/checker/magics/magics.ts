import type ts from "typescript6";
import type { Edit } from "../../unit.js";
import { syntaxErrorCode } from "../text/regular-expressions.js";
import type { TypeScript } from "../typescript.js";
import type { MagicLine } from "./magic-lines.js";

export interface Refusal {
  readonly line: MagicLine;
  readonly message: string;
}

/** What a cell's lines for the kernel ask for. */
export interface Magics {
  /** Makes TypeScript of the cell. */
  readonly edits: readonly Edit[];
  /** Whether the cell's time is to be told. */
  readonly isTimed: boolean;
  /** The first line that asks for what is not there. */
  readonly refusal?: Refusal;
}

/** What to write instead of what other kernels have. */
const instead: { readonly [name: string]: string } = {
  time: "write %%time in the cell's first line",
  timeit: "write %%time in the cell's first line",
  pwd: "write process.cwd()",
  ls: "write !ls",
  cat: "write !cat FILE",
  pip: "write !npm install NAME",
  conda: "write !npm install NAME",
  npm: "write !npm install NAME",
  run: 'write await import("./file.ts")',
  load: "copy what the file holds into the cell",
  set_env: "write %env NAME=VALUE",
  bash: "begin each line with !",
  sh: "begin each line with !",
  script: "begin each line with !",
  system: "write !COMMAND",
  sx: "write !COMMAND",
  js: 'write jupyter.display({ "text/javascript": "..." })',
  javascript: 'write jupyter.display({ "text/javascript": "..." })',
  latex: 'write jupyter.display({ "text/latex": "..." })',
  markdown: "write jupyter.md`...`",
  svg: "write jupyter.svg`...`",
  HTML: "write %%html",
  writefile: 'write (await import("node:fs")).writeFileSync("FILE", "...")',
  reset: "restart the kernel",
  matplotlib: "leave the line out: charts show themselves",
  load_ext: "leave the line out: there are no extensions",
  autoreload: "leave the line out: edited files are read again",
};
/** What there is beside commands. */
export const magicNames: readonly string[] = ["%cd", "%env", "%%time", "%%html"];
const known =
  "known are %cd DIR, %env, %env NAME, %env NAME=VALUE, !COMMAND, and in a cell's first line %%time and %%html";

export function isMagicName(name: string): boolean {
  return name === "cd" || name === "env" || Object.hasOwn(instead, name);
}

/** Carries out what can be said in TypeScript: each line becomes a call. */
export function readMagics(code: string, lines: readonly MagicLine[]): Magics {
  const edits: Edit[] = [];
  let isTimed = false;
  for (const line of lines) {
    const { start, end, text } = line;
    const isFirst = code.slice(0, start).trim() === "";
    if (text.startsWith("!")) {
      const command = text.slice(1).trim();
      const refusal = shellRefusal(command);
      if (refusal) return { edits, isTimed, refusal: { line, message: refusal } };
      edits.push({ start, end, text: `await ${call("shell", command)};` });
      continue;
    }
    const [, marks = "", name = "", rest = ""] = /^(%%?)(\w+)\s*([\s\S]*)$/.exec(text) ?? [];
    const argument = rest.trim();
    if (marks === "%" && (name === "cd" || name === "env"))
      edits.push({ start, end, text: `${call(name, argument)};` });
    else if (marks === "%%" && isFirst && name === "time") {
      isTimed = true;
      // A statement in the same line is timed as well.
      edits.push({ start, end: end - rest.length, text: "" });
    } else if (marks === "%%" && isFirst && name === "html") {
      if (argument !== "")
        return {
          edits,
          isTimed,
          refusal: { line, message: "%%html is for a whole cell: write it in a line of its own" },
        };
      const body = code.slice(end).replace(/^\r?\n/, "");
      return { edits: [{ start, end: code.length, text: call("html", body) }], isTimed };
    } else return { edits, isTimed, refusal: { line, message: refusalOf(marks, name) } };
  }
  return { edits, isTimed };
}

/** `globalThis`: a cell may name something of its own `jupyter`. */
function call(method: string, argument: string): string {
  return `globalThis.jupyter.${method}(${JSON.stringify(argument)})`;
}

function shellRefusal(command: string): string | undefined {
  if (command.startsWith("!")) return `!! is not known: write !${command.slice(1).trim()}`;
  const [, folder] = /^cd(?:\s+([^;&|]*))?$/.exec(command) ?? [];
  if (/^cd(\s+[^;&|]*)?$/.test(command))
    return `!cd changes the folder of that one command only: write %cd ${folder ?? ""}`.trimEnd();
  return undefined;
}

function refusalOf(marks: string, name: string): string {
  if (marks === "%%" && (name === "time" || name === "html"))
    return `%%${name} is for a whole cell: write it in the cell's first line`;
  if (marks === "%%" && (name === "cd" || name === "env")) return `%%${name} is not known: write %${name}`;
  if (marks === "%" && name === "html") return "%html is not known: write %%html in the cell's first line";
  return `${marks}${name} is not known: ${instead[name] ?? known}`;
}

export function magicDiagnostic(
  ts: TypeScript,
  file: ts.SourceFile,
  { line, message }: Refusal,
): ts.Diagnostic {
  return {
    category: ts.DiagnosticCategory.Error,
    code: syntaxErrorCode,
    file,
    start: line.start,
    length: line.end - line.start,
    messageText: message,
  };
}
