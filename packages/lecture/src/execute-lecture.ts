import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { type NotebookRun, readNotebook, runNotebooks, writeNotebook } from "@convfuse/kernel";
import { languages } from "./languages.js";
import { notebookFolder } from "./lesson.js";
import { type ProgressTarget, progressPrinter } from "./progress.js";
import { sameCode, withOutputsOf } from "./translation.js";

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

/**
 * Executes the whole lecture into a folder, with progress. What has the same code as the notebook of its name
 * in the first language is not run a second time: it gets the outputs of that run, so that a measured time is
 * the same on every language's page, too.
 *
 * @returns a run for each notebook, in order
 */
export async function executeLecture(
  notebooks: string,
  outputDir: string,
  target: ProgressTarget,
): Promise<readonly NotebookRun[]> {
  await rm(outputDir, { recursive: true, force: true });
  const files = await lectureNotebooks(notebooks);
  const originals = new Map(files.map((file) => [file, originalOf(file, notebooks)]));
  const output = (file: string): string => join(outputDir, relative(notebooks, file));
  const runs = await runNotebooks(
    files.filter((file) => originals.get(file) === file),
    { outputDir: output, onProgress: progressPrinter(notebooks, target) },
  );
  const runOf = new Map(runs.map((run) => [run.file, run]));
  return files.map((file) => {
    const original = originals.get(file) as string;
    const run = runOf.get(original) as NotebookRun;
    if (original === file || run.status !== "ok") return { ...run, file };
    writeNotebook(output(file), withOutputsOf(readNotebook(file), readNotebook(run.output)));
    return { ...run, file, output: output(file) };
  });
}

/**
 * The first language's notebook of the same name, where a notebook has its code; else the notebook itself.
 */
function originalOf(file: string, notebooks: string): string {
  const original = join(notebooks, basename(file));
  if (original === file || !existsSync(original)) return file;
  try {
    return sameCode(readNotebook(original), readNotebook(file)) ? original : file;
  } catch {
    // What cannot be read is named when it is run.
    return file;
  }
}
