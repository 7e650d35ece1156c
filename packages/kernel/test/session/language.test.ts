import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type CodeCell, executeNotebook, type Notebook, type Output } from "@convfuse/kernel";
import { beforeAll, describe, expect, it } from "vitest";
import { type LanguageCell, type LanguageGroup, languageGroups } from "./language-cases.js";

function writeFiles(folder: string, files: { readonly [path: string]: string } = {}): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

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

function text(outputs: readonly Output[], name: "stdout" | "stderr"): string {
  return outputs
    .map((output) => (output.output_type === "stream" && output.name === name ? output.text : ""))
    .join("");
}

function check(cell: LanguageCell, outputs: readonly Output[]): void {
  const error = outputs.find((output) => output.output_type === "error");
  if (cell.error) {
    const { ename, evalue, lines = [], traceback } = cell.error;
    expect(error, "an error is shown").toMatchObject({ ename });
    if (evalue !== undefined) expect(error?.evalue).toBe(evalue);
    if (traceback !== undefined) expect(error?.traceback).toEqual(traceback);
    for (const line of lines) expect(error?.traceback).toContain(line);
  } else expect(error?.traceback).toBeUndefined();
  const result = outputs.find((output) => output.output_type === "execute_result")?.data;
  expect(result).toEqual(
    cell.bundle ?? (cell.result === undefined ? undefined : { "text/plain": cell.result }),
  );
  expect(text(outputs, "stdout")).toBe(cell.stdout ?? "");
  if (cell.stderr) for (const part of cell.stderr) expect(text(outputs, "stderr")).toContain(part);
  else expect(text(outputs, "stderr")).toBe("");
  const shown = outputs.flatMap((output) => (output.output_type === "display_data" ? [output.data] : []));
  expect(shown).toEqual(cell.display ?? []);
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
