import { availableParallelism } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { checkOptions, type OptionNames } from "../check-options.js";
import { nodeTypes } from "../session/node/node-types.js";
import { prepareSnapshotFor } from "../session/node/snapshot.js";
import { type CellFailure, executeNotebook } from "./execute-notebook.js";
import type { Parameters } from "./parameters.js";
import { readNotebook } from "./read.js";
import { writeNotebook } from "./write.js";

/** The options of {@link runNotebooks}. */
export interface RunNotebooksOptions {
  /** Where the executed notebooks go, under their own names, or a function that names each one's place. */
  readonly outputDir: string | ((file: string) => string);
  /** How many run at a time. Default: as many as there are cores. */
  readonly jobs?: number;
  /**
   * Values for the variables of each notebook's cell tagged `parameters`; see `executeNotebook`. Default:
   * none.
   */
  readonly parameters?: Parameters;
  /** Is told of each step as it happens. Default: nobody is. */
  readonly onProgress?: (progress: NotebookProgress) => void;
}

const runNotebooksOptionNames: OptionNames<RunNotebooksOptions> = {
  outputDir: true,
  jobs: true,
  parameters: true,
  onProgress: true,
};

/**
 * What happens while {@link runNotebooks} works: a notebook begins, one of its code cells begins, a notebook
 * has ended.
 */
export type NotebookProgress =
  | { readonly type: "start"; readonly file: string }
  | { readonly type: "cell"; readonly file: string; readonly number: number; readonly count: number }
  | ({ readonly type: "end" } & NotebookRun);

/** How one notebook's run ended; `broken` when it could not be read, started or written. */
export type NotebookRun = { readonly file: string; readonly seconds: number } & (
  | { readonly status: "ok"; readonly output: string }
  | { readonly status: "failed"; readonly failure: CellFailure }
  | { readonly status: "broken"; readonly error: Error }
);

/**
 * Executes notebooks, each in a process of its own and in its own folder, as many at a time as `jobs` says,
 * and writes those whose cells all pass. Never rejects for what a notebook does; the runs come back in the
 * order of `files`.
 *
 * @param files paths of notebooks
 * @param options outputDir, jobs, parameters, onProgress; see {@link RunNotebooksOptions}
 * @returns a run a file, in the order of `files`, with its seconds
 * @example
 * const runs = await runNotebooks(["a.ipynb"], { outputDir: "executed" });
 * runs.map(({ status }) => status); // ["ok"]
 */
export async function runNotebooks(
  files: readonly string[],
  options: RunNotebooksOptions,
): Promise<readonly NotebookRun[]> {
  checkOptions("runNotebooks", options, runNotebooksOptionNames);
  const { outputDir, jobs = availableParallelism(), parameters, onProgress } = options;
  const runs: NotebookRun[] = [];
  // Each notebook starts a session; from here on that is worth the seconds.
  const prepared =
    files.length > 3 ? prepareSnapshotFor(nodeTypes(dirname(resolve(files[0] as string)))) : undefined;
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < files.length; at = next++) {
      const file = files[at] as string;
      const output = typeof outputDir === "string" ? join(outputDir, basename(file)) : outputDir(file);
      const run = await runOne(file, output, parameters, onProgress);
      runs[at] = run;
      onProgress?.({ type: "end", ...run });
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(jobs, files.length)) }, work));
  await prepared;
  return runs;
}

async function runOne(
  file: string,
  output: string,
  parameters: Parameters | undefined,
  onProgress: ((progress: NotebookProgress) => void) | undefined,
): Promise<NotebookRun> {
  const start = performance.now();
  const seconds = (): number => (performance.now() - start) / 1000;
  onProgress?.({ type: "start", file });
  try {
    const { notebook, failure } = await executeNotebook(readNotebook(file), {
      cwd: dirname(file),
      ...(parameters ? { parameters } : {}),
      onCell: ({ number, count }) => onProgress?.({ type: "cell", file, number, count }),
    });
    if (failure) return { file, seconds: seconds(), status: "failed", failure };
    writeNotebook(output, notebook);
    return { file, seconds: seconds(), status: "ok", output };
  } catch (error) {
    return { file, seconds: seconds(), status: "broken", error: error as Error };
  }
}
