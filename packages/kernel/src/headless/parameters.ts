import { NotebookParameterError } from "../errors.js";
import type { Json, Session } from "../session/types.js";
import { type CodeCell, hasTag, type Notebook } from "./notebook.js";

/** Values for the variables of a notebook's cell that is tagged `parameters`. */
export type Parameters = { readonly [name: string]: Json };

/**
 * Puts a cell tagged `injected-parameters` into a notebook, as papermill does: in place of an earlier one, or
 * else behind the cell tagged `parameters`, or else at the top.
 * @throws {NotebookParameterError} if there is a tagged cell and it declares no such variable.
 */
export async function injectParameters(
  notebook: Notebook,
  parameters: Parameters,
  session: Session,
): Promise<void> {
  const { cells } = notebook;
  const find = (tag: string): number =>
    cells.findIndex((cell) => cell.cell_type === "code" && hasTag(cell, tag));
  const tagged = find("parameters");
  const injected = find("injected-parameters");
  const reply = await session.parameterCell(cells[tagged]?.source, parameters);
  if (!reply.ok) throw new NotebookParameterError(reply.reason, Object.keys(parameters));
  const cell: CodeCell = {
    cell_type: "code",
    // Cells have names from this version of the format on.
    ...(notebook.nbformat_minor >= 5 ? { id: freeId(notebook) } : {}),
    source: reply.code,
    metadata: { tags: ["injected-parameters"] },
    execution_count: null,
    outputs: [],
  };
  if (injected >= 0) cells[injected] = cell;
  else cells.splice(tagged + 1, 0, cell);
}

function freeId({ cells }: Notebook): string {
  const taken = new Set(cells.map(({ id }) => id));
  let id = "injected-parameters";
  for (let n = 2; taken.has(id); n++) id = `injected-parameters-${n}`;
  return id;
}
