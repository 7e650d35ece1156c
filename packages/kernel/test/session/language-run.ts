import { type CodeCell, executeNotebook, type Notebook } from "@convfuse/kernel";
import { writeFiles } from "../scratch.js";
import type { LanguageGroup } from "./language-cases.js";

/** Runs a group's cells in one session in this folder, each after its files were written. */
export async function runGroup(group: LanguageGroup, folder: string): Promise<readonly CodeCell[]> {
  writeFiles(folder, group.files);
  const notebook: Notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: group.cells.map(({ code }) => ({
      cell_type: "code",
      source: code,
      metadata: { tags: ["raises-exception"] },
      execution_count: null,
      outputs: [],
    })),
  };
  const { notebook: executed } = await executeNotebook(notebook, {
    cwd: folder,
    onCell: ({ index }) => writeFiles(folder, group.cells[index]?.files),
  });
  return executed.cells as CodeCell[];
}
