import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Notebook, readNotebook } from "@convfuse/kernel";

/** The folder of the lecture. */
export const notebooksFolder: string = fileURLToPath(new URL("../../notebooks", import.meta.url));

/** One lesson: its committed notebooks, which differ in their prose only (test/notebooks compares their code). */
export interface CommittedLesson {
  /** The file's name, the same in both languages. */
  readonly name: string;
  readonly english: Notebook;
  readonly chinese: Notebook;
}

/** Every lesson of the lecture, in order. */
export const committedLessons: readonly CommittedLesson[] = readdirSync(notebooksFolder)
  .filter((name) => name.endsWith(".ipynb"))
  .sort()
  .map((name) => ({
    name,
    english: readNotebook(join(notebooksFolder, name)),
    chinese: readNotebook(join(notebooksFolder, "zh-CN", name)),
  }));
