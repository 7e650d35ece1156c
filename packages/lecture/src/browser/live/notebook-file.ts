import type { Notebook, Output } from "@convfuse/kernel";
import type { PageCell } from "./page-cell.js";

/**
 * The notebook as the page has it, as the text of an `.ipynb`: `built` with the sources and outputs that are
 * in the page now.
 */
export function notebookText(built: Notebook, cells: readonly PageCell[]): string {
  const byIndex = new Map(cells.map((cell) => [cell.index, cell]));
  const written = built.cells.map((stored, index) => {
    const cell = byIndex.get(index);
    if (stored.cell_type !== "code" || cell === undefined) return stored;
    const live = cell.outputs.live;
    return {
      ...stored,
      source: cell.source,
      execution_count: live === undefined ? stored.execution_count : (cell.executionCount ?? null),
      outputs:
        live === undefined ? stored.outputs : live.map((output) => numbered(output, cell.executionCount)),
    };
  });
  return `${JSON.stringify({ ...built, cells: written }, null, 1)}\n`;
}

/** A notebook of these cells alone. */
export function plainNotebook(cells: readonly PageCell[]): Notebook {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: { display_name: "TypeScript", language: "typescript", name: "convfuse" },
      language_info: { file_extension: ".ts", mimetype: "text/x-typescript", name: "typescript" },
    },
    cells: cells.map(({ index, source }) => ({
      cell_type: "code",
      id: `cell-${index}`,
      metadata: {},
      execution_count: null,
      source,
      outputs: [],
    })),
  };
}

/** A result carries its cell's number, as nbformat wants it. */
function numbered(output: Output, executionCount: number | undefined): Output {
  return output.output_type === "execute_result"
    ? { ...output, execution_count: executionCount ?? 0 }
    : output;
}
