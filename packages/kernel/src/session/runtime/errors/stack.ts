import { isOwnFile, writtenNames } from "#host/runtime/own-files.js";
import type { PositionMap } from "../../unit.js";
import { sourcePosition, sourceText } from "./positions.js";

const maps = new Map<string, PositionMap>();
/** Cells far back that nothing refers to any more need no positions; this many do. */
const keptMaps = 2000;

/** Remembers how to lead the lines of a cell or a local file back to what the user wrote. */
export function addMap(file: string, map: PositionMap): void {
  maps.delete(file);
  maps.set(file, map);
  const oldest = maps.size > keptMaps ? maps.keys().next().value : undefined;
  if (oldest !== undefined) maps.delete(oldest);
}

/** What was compiled from a text of the user's, or runs under a name, with the names under which it runs. */
export function mapsOf({ source, file }: { readonly source?: string; readonly file?: string }): readonly {
  readonly file: string;
  readonly map: PositionMap;
}[] {
  return [...maps].flatMap(([name, map]) =>
    name === file || map.source === source ? [{ file: name, map }] : [],
  );
}

/** What the user wrote, in the cell or file that it stands in last, for code that runs. */
export function writtenAs(code: string): string | undefined {
  for (const map of [...maps.values()].reverse()) {
    const text = sourceText(map, code);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** The name under which a cell's code runs, as its frames show it. */
export function cellFile(executionCount: number): string {
  return `In [${executionCount}]`;
}

function isOwn(file: string): boolean {
  return file === runFile || isOwnFile(file);
}

/** The script from which every cell is started. */
export const runFile = "convfuse:run";

/**
 * A cell's text that Node refuses, though the checker took it, as an error with the place in the user's text.
 */
export function placed(error: unknown, map: PositionMap): unknown {
  if (!(error instanceof SyntaxError)) return error;
  // Node writes the place in front: file and line, the line itself, and marks below it.
  const [, file, line, marks] = /^(.*):(\d+)\n.*\n( *)\^/.exec(error.stack ?? "") ?? [];
  const position = marks === undefined ? undefined : sourcePosition(map, Number(line), marks.length + 1);
  if (position) error.stack = `${header(error)}\n    at ${file}:${position.line}:${position.column}`;
  return error;
}

/** A frame as V8 gives it. */
interface CallSite {
  getScriptNameOrSourceURL(): string | null | undefined;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
  toString(): string;
}

function describe(site: CallSite, file: string): string | undefined {
  const text = writtenNames(site.toString());
  const map = maps.get(file);
  const line = site.getLineNumber();
  const column = site.getColumnNumber();
  if (!map || line === null || column === null) return text;
  const position = sourcePosition(map, line, column);
  // A helper that TypeScript put in.
  if (!position) return undefined;
  return text.replace(`:${line}:${column}`, `:${position.line}:${position.column}`);
}

/** Makes every `error.stack` show the user's own lines, and nothing of the kernel. */
export function mapStacks(): void {
  const prepare = (error: unknown, sites: readonly CallSite[]): string => {
    const lines: string[] = [];
    let last = 0;
    /**
     * Functions of the engine's own: they are shown where the user called them, and not where the kernel did.
     */
    let called: string[] = [];
    for (const site of sites) {
      const file = writtenNames(site.getScriptNameOrSourceURL() ?? "");
      const line = isOwn(file) ? undefined : describe(site, file);
      if (file === "" && line !== undefined) {
        called.push(`\n    at ${line}`);
        continue;
      }
      if (line !== undefined) lines.push(...called, `\n    at ${line}`);
      called = [];
      if (line === undefined) continue;
      // What lies under the last frame of the user's is how Node came to call it.
      if (!file.startsWith("node:")) last = lines.length;
    }
    lines.length = last;
    return header(error) + lines.join("");
  };
  Object.assign(Error, { prepareStackTrace: prepare });
}

/**
 * An error's stack in the shape of V8's, also where another engine wrote it: "f@file:line:column" in each
 * line.
 */
export function stackOf(error: Error): unknown {
  const { stack } = error;
  if (typeof stack !== "string" || /^ {4}at /m.test(stack) || !geckoFrame.test(stack)) return stack;
  const lines = stack.split("\n").flatMap((line) => {
    const [, name = "", file = "", row = "", column = ""] = geckoFrame.exec(writtenNames(line)) ?? [];
    const map = maps.get(file);
    const position = map && sourcePosition(map, Number(row), Number(column));
    if (!position) return [];
    const place = `${file}:${position.line}:${position.column}`;
    return [`\n    at ${name === "" ? place : `${name} (${place})`}`];
  });
  return header(error) + lines.join("");
}

const geckoFrame = /^(.*?)@(.*):(\d+):(\d+)$/m;

function header(error: unknown): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return "Error";
  }
}
