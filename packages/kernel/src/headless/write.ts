import { randomUUID } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { NotebookWriteError } from "../errors.js";
import type { Json } from "../session/types.js";
import type { Notebook } from "./notebook.js";

/** Where Python's `splitlines` cuts. */
const lineBreak: string = String.raw`\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]`;
const linePattern: RegExp = new RegExp(`.*?(?:${lineBreak})|.+$`, "gs");

/** The lines of a text, each with its end. */
function lines(text: string): string[] {
  return text.match(linePattern) ?? [];
}

/** The types whose text nbformat cuts into lines; an image in base64 stays one string. */
function isLineText(mime: string): boolean {
  return mime.startsWith("text/") || mime === "application/javascript" || mime === "image/svg+xml";
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}

/**
 * The text of a notebook file as nbformat writes it: keys in order, indented by one, texts as lists of lines.
 * @param notebook any notebook of nbformat 4
 * @returns JSON with a line feed at its end
 * @example
 * formatNotebook(readNotebook("a.ipynb")).startsWith("{"); // true
 */
export function formatNotebook(notebook: Notebook): string {
  const cells = notebook.cells.map((cell) => {
    const source = lines(cell.source);
    if (cell.cell_type !== "code") return { ...cell, source };
    const outputs = cell.outputs.map((output) => {
      if (output.output_type === "stream") return { ...output, text: lines(output.text) };
      if (output.output_type === "error") return output;
      const data = Object.entries(output.data).map(([mime, value]): [string, Json] => [
        mime,
        typeof value === "string" && isLineText(mime) ? lines(value) : value,
      ]);
      return { ...output, data: Object.fromEntries(data) };
    });
    return { ...cell, source, outputs };
  });
  return `${JSON.stringify(sorted({ ...notebook, cells }), null, 1)}\n`;
}

/**
 * Writes a notebook to a temporary file beside its place, then renames it, so that its place never holds half
 * of one.
 * @param file its path; missing folders above it are made
 * @param notebook any notebook of nbformat 4
 * @throws {NotebookWriteError} if that fails, on a full disk for example.
 * @example
 * writeNotebook("copies/a.ipynb", readNotebook("a.ipynb"));
 */
export function writeNotebook(file: string, notebook: Notebook): void {
  const text = formatNotebook(notebook);
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    const handle = openSync(temporary, "wx");
    try {
      writeFileSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, file);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw new NotebookWriteError(file, cause as Error);
  }
}
