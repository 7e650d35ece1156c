import type { CodeCell } from "@convfuse/kernel";
import { beforeAll, describe, it } from "vitest";
import { scratchFolder } from "../scratch.js";
import { check } from "./language-check.js";
import { runGroup } from "./language-run.js";
import { tsconfigGroups } from "./tsconfig-cases.js";

describe.each(tsconfigGroups)("$name", (group) => {
  const folder = scratchFolder("tsconfig");
  let executed: readonly CodeCell[];
  beforeAll(async () => {
    executed = await runGroup(group, folder);
  }, 120_000);
  it.each(group.cells.map((cell, index) => ({ cell, index, title: cell.code.slice(0, 80) })))(
    "$index: $title",
    ({ cell, index }) => check(cell, executed[index]?.outputs ?? []),
  );
});
