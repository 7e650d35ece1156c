import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CodeCell } from "@convfuse/kernel";
import { beforeAll, describe, it } from "vitest";
import { type LanguageGroup, languageGroups } from "./language-cases.js";
import { check } from "./language-check.js";
import { runGroup } from "./language-run.js";

async function run(group: LanguageGroup): Promise<readonly CodeCell[]> {
  const folder = mkdtempSync(join(tmpdir(), "convfuse-language-"));
  try {
    return await runGroup(group, folder);
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
