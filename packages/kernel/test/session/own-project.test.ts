import type { CodeCell } from "@convfuse/kernel";
import { beforeAll, describe, it } from "vitest";
import { check } from "./language-check.js";
import { runGroup } from "./language-run.js";
import { projectGroups } from "./project-cases.js";
import { scratchProject } from "./scratch-project.js";

describe.each(projectGroups)("$name", (group) => {
  const { app } = scratchProject();
  let executed: readonly CodeCell[];
  beforeAll(async () => {
    executed = await runGroup(group, app);
  }, 120_000);
  it.each(group.cells.map((cell, index) => ({ cell, index, title: cell.code.slice(0, 80) })))(
    "$index: $title",
    ({ cell, index }) => check(cell, executed[index]?.outputs ?? []),
  );
});
