import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env } from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Output } from "@convfuse/kernel";
import { beforeAll, describe, it } from "vitest";
import { languageGroups } from "../../packages/kernel/test/session/language-cases.js";
import { check } from "../../packages/kernel/test/session/language-check.js";
import { kernelEnvironment } from "../support/kernel-environment.js";
import { python, requirement } from "../support/requirement.js";

const script = fileURLToPath(new URL("language.py", import.meta.url));
const interpreter = requirement(python("jupyter"));

describe.skipIf(interpreter === null)("the language through jupyter_client", () => {
  const groups: (readonly (readonly Output[])[])[] = [];

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), "convfuse-language-"));
    try {
      const file = join(folder, "groups.json");
      writeFileSync(file, JSON.stringify(languageGroups));
      const { stdout } = await promisify(execFile)(interpreter as string, [script, file], {
        env: { ...env, PYTHONDONTWRITEBYTECODE: "1", ...kernelEnvironment() },
        maxBuffer: 2 ** 28,
      });
      for (const line of stdout.split("\n")) {
        if (!line.startsWith("{")) continue;
        const { group, cells } = JSON.parse(line) as { group: number; cells: Output[][] };
        groups[group] = cells;
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 600_000);

  describe.each(languageGroups.map((group, at) => ({ ...group, at })))("$name", ({ cells, at }) => {
    it.each(cells.map((cell, index) => ({ cell, index, title: cell.code.slice(0, 80) })))(
      "$index: $title",
      ({ cell, index }) => check(cell, groups[at]?.[index] ?? []),
    );
  });
});
