import { basename, join } from "node:path";
import { type Notebook, readNotebook } from "@convfuse/kernel";
import type { Language } from "./languages.js";

/** One notebook of the lecture in one language. */
export interface Lesson {
  /** The file's name without its ending: `07-fusion`; the same in every language. */
  readonly name: string;
  /** The first heading. */
  readonly title: string;
  /** The first paragraph, without Markdown's marks. */
  readonly description: string;
  /**
   * The minutes that it takes, and what to read before, as the last paragraph of its first cell says it; ""
   * where there is none.
   */
  readonly effort: string;
  /** The first number of `effort`; 0 where there is none. */
  readonly minutes: number;
  /** The names of the lessons that `effort` links to. */
  readonly after: readonly string[];
  readonly notebook: Notebook;
}

/** Reads a notebook as a lesson. */
export function readLesson(file: string): Lesson {
  const notebook = readNotebook(file);
  const markdown = notebook.cells
    .filter((cell) => cell.cell_type === "markdown")
    .map((cell) => cell.source)
    .join("\n\n");
  const name = basename(file, ".ipynb");
  const title = /^# +(.+)$/m.exec(markdown)?.[1]?.trim() ?? name;
  const paragraph = markdown.split(/\n\s*\n/).find((block) => /^[^#<|>\-$!]/.test(block.trim())) ?? "";
  const effort =
    notebook.cells[0]?.source.split(/\n\s*\n/).find((block) => /^\D*\d+ (minutes|分钟)/.test(block)) ?? "";
  return {
    name,
    title: plain(title),
    description: plain(paragraph),
    effort: plain(effort),
    minutes: Number(/\d+/.exec(effort)?.[0] ?? 0),
    after: [...effort.matchAll(/\]\(([^)]+)\.ipynb\)/g)].map(([, linked]) => linked as string),
    notebook,
  };
}

/** The folder of a language's notebooks. */
export function notebookFolder(notebooks: string, language: Language): string {
  return join(notebooks, language.folder);
}

function plain(markdown: string): string {
  return markdown
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll(/[*_`]/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}
