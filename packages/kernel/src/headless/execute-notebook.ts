import { checkOptions, type OptionNames } from "../check-options.js";
import { createSession } from "../session/node/create-session.js";
import type { CellError, SessionEvent } from "../session/types.js";
import { type CodeCell, hasTag, type Notebook } from "./notebook.js";
import { OutputCollector } from "./outputs.js";
import { injectParameters, type Parameters } from "./parameters.js";

/** The options of {@link executeNotebook}. */
export interface ExecuteNotebookOptions {
  /** The notebook's folder: imports resolve from here, and the cells' process runs here. */
  readonly cwd: string;
  /**
   * Values for the variables of the cell tagged `parameters`, set by a cell tagged `injected-parameters`
   * behind it; at the top of a notebook without a tagged cell. Default: none.
   */
  readonly parameters?: Parameters;
  /**
   * Hears everything that the session emits; `parent` is the cell's index in the notebook, as text. Default:
   * nobody does.
   */
  readonly onEvent?: (event: SessionEvent) => void;
  /** Is told which code cell starts: the `number`-th of `count`. Default: nobody is. */
  readonly onCell?: (progress: {
    readonly index: number;
    readonly number: number;
    readonly count: number;
  }) => void;
}

const executeNotebookOptionNames: OptionNames<ExecuteNotebookOptions> = {
  cwd: true,
  parameters: true,
  onEvent: true,
  onCell: true,
};

/** Where a notebook stopped. */
export interface CellFailure {
  /** The cell's index in the notebook that came back. */
  readonly index: number;
  /** The line of the cell where it happened, counted from 1, and that line, where the error says so. */
  readonly line?: number;
  /** The text of that line. */
  readonly source?: string;
  /** What was thrown, or which type did not fit. */
  readonly error: CellError;
}

/** What {@link executeNotebook} gives. */
export interface ExecutedNotebook {
  /** A new notebook: the one given is untouched. */
  readonly notebook: Notebook;
  /** The first cell that failed; the cells behind it did not run. */
  readonly failure?: CellFailure;
}

/**
 * Runs a notebook's code cells in order, in a process of its own, and fills in their outputs as nbclient
 * does. Stops at the first cell that fails, unless it has the tag `raises-exception`; skips those tagged
 * `skip-execution`.
 *
 * @param notebook what {@link readNotebook} gave; it is not changed
 * @param options cwd, parameters, onEvent, onCell; see {@link ExecuteNotebookOptions}
 * @returns a new notebook with its outputs, and where it stopped, if a cell failed
 * @throws {NotebookParameterError} if a parameter is given that the notebook does not have.
 * @example
 * const { notebook, failure } = await executeNotebook(readNotebook("a.ipynb"), { cwd: "." });
 * if (failure) throw new Error(`line ${failure.line}: ${failure.error.evalue}`);
 * writeNotebook("executed/a.ipynb", notebook);
 */
export async function executeNotebook(
  notebook: Notebook,
  options: ExecuteNotebookOptions,
): Promise<ExecutedNotebook> {
  checkOptions("executeNotebook", options, executeNotebookOptionNames);
  const { cwd, parameters, onEvent, onCell } = options;
  const result = structuredClone(notebook);
  const cells = result.cells;
  const collector = new OutputCollector((parent) => {
    const cell = cells[Number(parent)];
    return cell?.cell_type === "code" ? cell : undefined;
  });
  const session = await createSession({
    cwd,
    onEvent: (event) => {
      collector.add(event);
      onEvent?.(event);
    },
  });
  try {
    if (parameters && Object.keys(parameters).length > 0) await injectParameters(result, parameters, session);
    const runs: number[] = [];
    cells.forEach((cell, index) => {
      if (cell.cell_type !== "code" || hasTag(cell, "skip-execution")) return;
      cell.outputs = [];
      cell.execution_count = null;
      if (cell.source.trim() !== "") runs.push(index);
    });
    for (const [position, index] of runs.entries()) {
      const cell = cells[index] as CodeCell;
      const executionCount = position + 1;
      cell.execution_count = executionCount;
      onCell?.({ index, number: executionCount, count: runs.length });
      const reply = await session.execute({
        id: String(index),
        code: cell.source,
        executionCount,
        allowStdin: false,
      });
      if (reply.status === "ok" || hasTag(cell, "raises-exception")) continue;
      const { ename, evalue, traceback } = reply;
      const error = { ename, evalue, traceback };
      return { notebook: result, failure: { index, ...place(cell, executionCount, traceback), error } };
    }
    return { notebook: result };
  } finally {
    await session.shutdown();
  }
}

/** The first line of the cell itself that a traceback names. */
function place(
  cell: CodeCell,
  executionCount: number,
  traceback: readonly string[],
): { readonly line?: number; readonly source?: string } {
  const text = traceback.join("\n");
  const line = Number(new RegExp(`In \\[${executionCount}\\]:(\\d+)`).exec(text)?.[1]);
  if (!Number.isInteger(line)) return {};
  return { line, source: cell.source.split(/\r\n|[\n\r\u2028\u2029]/)[line - 1] ?? "" };
}
