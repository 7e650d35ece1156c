import { rmSync } from "node:fs";
import type { CodeCell } from "@convfuse/kernel";
import { beforeAll, describe, it } from "vitest";
import type { LanguageGroup } from "./language-cases.js";
import { check } from "./language-check.js";
import { runGroup } from "./language-run.js";
import { projectGroups } from "./project-cases.js";
import { scratchProject } from "./scratch-project.js";

async function run(group: LanguageGroup): Promise<readonly CodeCell[]> {
  const { root, app } = scratchProject();
  try {
    return await runGroup(group, app);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

describe.each(projectGroups)("$name", (group) => {
  let executed: readonly CodeCell[];
  beforeAll(async () => {
    executed = await run(group);
  }, 120_000);
  it.each(group.cells.map((cell, index) => ({ cell, index, title: cell.code.slice(0, 80) })))(
    "$index: $title",
    ({ cell, index }) => check(cell, executed[index]?.outputs ?? []),
  );
});
