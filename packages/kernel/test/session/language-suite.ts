import type { CodeCell } from "@convfuse/kernel";
import { beforeAll, describe, it } from "vitest";
import { scratchFolder } from "../scratch.js";
import type { LanguageGroup } from "./language-cases.js";
import { check } from "./language-check.js";
import { runGroup } from "./language-run.js";

/** A test for each cell of each group; a group is a session in a scratch folder of its own. */
export function describeGroups(groups: readonly LanguageGroup[], name: string): void {
  describe.each(groups)("$name", (group) => {
    const folder = scratchFolder(name);
    let executed: readonly CodeCell[];
    beforeAll(async () => {
      executed = await runGroup(group, folder);
    }, 120_000);
    it.each(group.cells.map((cell, index) => ({ cell, index, title: cell.code.slice(0, 80) })))(
      "$index: $title",
      ({ cell, index }) => check(cell, executed[index]?.outputs ?? []),
    );
  });
}
