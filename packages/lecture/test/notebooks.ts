import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const metadata = { kernelspec: { name: "tslab", display_name: "TypeScript", language: "typescript" } };

/** A cell as a file stores it. */
export type StoredCell = Readonly<Record<string, unknown>>;

export function markdown(source: string): StoredCell {
  return { cell_type: "markdown", id: "text", metadata: {}, source };
}

export function code(source: string, outputs: readonly unknown[] = []): StoredCell {
  return { cell_type: "code", id: "code", metadata: {}, source, execution_count: null, outputs };
}

export function notebook(...cells: readonly StoredCell[]): string {
  return JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells });
}

/** A folder of notebooks, the same in both languages. */
export function lectureFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "convfuse-lecture-"));
  mkdirSync(join(folder, "zh-CN"));
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), content);
    writeFileSync(join(folder, "zh-CN", name), content);
  }
  return folder;
}
