import { readdir, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { type NotebookRun, runNotebooks } from "@convfuse/kernel";
import { languages } from "./languages.js";
import { notebookFolder } from "./lesson.js";
import { type ProgressTarget, progressPrinter } from "./progress.js";

/** The notebooks of the lecture, every language, in order. */
export async function lectureNotebooks(notebooks: string): Promise<string[]> {
  const files = await Promise.all(
    languages.map(async (language) => {
      const folder = notebookFolder(notebooks, language);
      const names = (await readdir(folder)).filter((name) => name.endsWith(".ipynb")).sort();
      return names.map((name) => join(folder, name));
    }),
  );
  return files.flat();
}

/** Executes the whole lecture into a folder, with progress. */
export async function executeLecture(
  notebooks: string,
  outputDir: string,
  target: ProgressTarget,
): Promise<readonly NotebookRun[]> {
  await rm(outputDir, { recursive: true, force: true });
  const onProgress = progressPrinter(notebooks, target);
  return runNotebooks(await lectureNotebooks(notebooks), {
    outputDir: (file) => join(outputDir, relative(notebooks, file)),
    onProgress,
  });
}
