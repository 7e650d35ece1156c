import { relative } from "node:path";
import { stripVTControlCharacters, styleText } from "node:util";
import type { NotebookProgress, NotebookRun } from "@convfuse/kernel";

/** Where progress is written: a terminal, or a file or pipe. */
export interface ProgressTarget {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/**
 * Prints a line per notebook when it ends, and while notebooks run on a terminal one line that says how far
 * each is. A failed cell is printed with its number, its line and its error.
 */
export function progressPrinter(base: string, target: ProgressTarget): (progress: NotebookProgress) => void {
  const live = target.isTTY === true;
  const running = new Map<string, string>();
  const name = (file: string): string => relative(base, file);
  const paint = (style: "green" | "red" | "dim", text: string): string =>
    live ? styleText(style, text) : text;
  const clear = (): void => {
    if (live) target.write("\r\u001b[2K");
  };
  const refresh = (): void => {
    if (live && running.size > 0) target.write(paint("dim", [...running.values()].join("   ")));
  };
  const line = (text: string): void => {
    clear();
    target.write(`${text}\n`);
  };
  return (progress) => {
    const file = name(progress.file);
    if (progress.type === "start") running.set(file, file);
    else if (progress.type === "cell") running.set(file, `${file} ${progress.number}/${progress.count}`);
    else {
      running.delete(file);
      line(ending(file, progress, paint));
    }
    clear();
    refresh();
  };
}

function ending(
  file: string,
  run: NotebookRun,
  paint: (style: "green" | "red", text: string) => string,
): string {
  const seconds = `${run.seconds.toFixed(1)} s`;
  if (run.status === "ok") return `${paint("green", "✓")} ${file}  ${seconds}`;
  if (run.status === "broken") return `${paint("red", "✗")} ${file}  ${run.error.message}`;
  const { index, line, source, error } = run.failure;
  const place = line === undefined ? "" : `, line ${line}: ${source?.trim()}`;
  const trace = stripVTControlCharacters(error.traceback.join("\n"));
  return `${paint("red", "✗")} ${file}  failed after ${seconds} at cell ${index + 1}${place}\n${indent(trace)}`;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, "    ");
}
