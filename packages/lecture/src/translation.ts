import type { CodeCell, Notebook } from "@convfuse/kernel";

/** Whether two notebooks run the same: their code cells are the same in all but their ids and outputs. */
export function sameCode(one: Notebook, other: Notebook): boolean {
  const code = (notebook: Notebook): string =>
    JSON.stringify(codeCells(notebook).map(({ source, metadata }) => [source, metadata]));
  return code(one) === code(other);
}

/** A notebook with the outputs of an executed one whose code is the same. */
export function withOutputsOf(notebook: Notebook, executed: Notebook): Notebook {
  const ran = codeCells(executed).values();
  const cells = notebook.cells.map((cell) => {
    if (cell.cell_type !== "code") return cell;
    const { outputs, execution_count } = ran.next().value as CodeCell;
    return { ...cell, outputs, execution_count };
  });
  return { ...notebook, cells };
}

function codeCells({ cells }: Notebook): readonly CodeCell[] {
  return cells.filter((cell) => cell.cell_type === "code");
}
