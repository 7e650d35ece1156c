import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the lecture. */
export const lecture: string = fileURLToPath(new URL("../../notebooks", import.meta.url));

export interface Cell {
  readonly cell_type: "code" | "markdown";
  readonly id: string;
  readonly metadata: { readonly tags?: readonly string[] };
  readonly source: readonly string[];
  readonly outputs?: readonly Readonly<Record<string, unknown>>[];
}

export interface Notebook {
  readonly nbformat: number;
  readonly nbformat_minor: number;
  readonly metadata: unknown;
  readonly cells: readonly Cell[];
}

/** The names of all notebooks, in the order of the lecture. */
export function notebookNames(language: "en" | "zh-CN"): string[] {
  const files = readdirSync(language === "en" ? lecture : join(lecture, language));
  return files.filter((file) => file.endsWith(".ipynb")).sort();
}

export function readText(language: "en" | "zh-CN", name: string): string {
  return readFileSync(join(lecture, language === "en" ? "." : language, name), "utf8");
}

export function readNotebook(language: "en" | "zh-CN", name: string): Notebook {
  return JSON.parse(readText(language, name)) as Notebook;
}

/** A cell's text in one piece. */
export function textOf(cell: Cell): string {
  return cell.source.join("");
}

/** All that a cell printed and drew, as text: the numbers of its plots with it, but not the letters and digits that are their images. */
export function outputTextOf({ outputs = [] }: Cell): string {
  return outputs
    .map(({ text, data }) =>
      Array.isArray(text) ? text.join("") : JSON.stringify({ ...(data as object), "image/png": undefined }),
    )
    .join("\n");
}
