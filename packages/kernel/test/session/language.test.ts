import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CodeCell, executeNotebook, type Notebook } from "@convfuse/kernel";
import { beforeAll, describe, it } from "vitest";
import { type LanguageGroup, languageGroups } from "./language-cases.js";
import { check, writeFiles } from "./language-check.js";

async function run(group: LanguageGroup): Promise<readonly CodeCell[]> {
  const folder = mkdtempSync(join(tmpdir(), "convfuse-language-"));
  try {
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
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe.each(languageGroups)("$name", (group) => {
  let executed: readonly CodeCell[];
  beforeAll(async () => {
    executed = await run(group);
  }, 120_000);
  it.each(group.cells.map((cell, index) => ({ cell, index, title: cell.code.slice(0, 80) })))(
    "$index: $title",
    ({ cell, index }) => check(cell, executed[index]?.outputs ?? []),
  );
});
