import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import {
  fuse,
  loadStateDict,
  type Module,
  manualSeed,
  randn,
  stateDict,
  writeSafetensors,
} from "../../packages/core/src/index.js";
import { type BlockGolden, drawnState, published } from "../../packages/core/test/blocks/published.js";
import { goldens } from "../support/goldens.js";
import { python, requirement } from "../support/requirement.js";

const interpreter = requirement(python("torch"));
const loader = fileURLToPath(new URL("deployed.py", import.meta.url));

describe.skipIf(interpreter === null)("a fused block under its deployed names", () => {
  test("loads into the authors' inference module, strictly, and gives what the branches gave", () => {
    const folder = mkdtempSync(join(tmpdir(), "convfuse-"));
    try {
      // Further goldens are blocks with other options, under the same names.
      for (const golden of goldens<BlockGolden>("blocks").filter(({ name }) => name in published)) {
        const block = (published[golden.name] as () => Module)();
        manualSeed(golden.seed);
        randn(golden.x);
        const loaded = loadStateDict(block, drawnState(golden, block));
        const { module } = fuse(loaded, { deploy: true });
        writeFileSync(join(folder, `${golden.name}.safetensors`), writeSafetensors(stateDict(module)));
      }
      const printed = execFileSync(interpreter as string, [loader, folder], { encoding: "utf8" });
      const shares = Object.entries<number>(JSON.parse(printed));
      expect(shares.map(([name]) => name)).toEqual(Object.keys(published));
      expect(shares.filter(([, share]) => !(share < 1e-6))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 120_000);
});
