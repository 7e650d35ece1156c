// Draws random trees, fuses each and compares both sides: `npm run trees`, or `npm run trees -- --trees 5000 --seed 7`.
// Half as many are drawn on sequences, on volumes, with transposed convolutions of every rank, and on features, each; a twentieth, which
// are larger, with wires of their own and modules in several places.
// Ends with `N passed, N failed`, where each tree counts; the run stops at the first one that fails and names its seed.
//
// `npm run trees -- --record FILE` writes down what fusing makes of each tree, and of every published network and block: layers, parameters,
// refusals. `--against FILE` fails where there are more layers or parameters now. Both take the seeds from `--first 0` on; without them
// `--first 1005` draws from that very seed on, which the message of a failing tree names (else from 1000 times `--seed` on).

import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { env, platform } from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { values } = parseArgs({
  options: {
    trees: { type: "string", default: "2000" },
    seed: { type: "string", default: "1" },
    first: { type: "string" },
    record: { type: "string" },
    against: { type: "string" },
  },
});
const trees = Number(values.trees);
if (!Number.isSafeInteger(trees) || trees < 1)
  throw new Error(`--trees must be a whole number, 1 or more: ${values.trees}`);
const records = values.record !== undefined || values.against !== undefined;
const result = spawnSync(
  "npx",
  [
    "--no-install",
    "vitest",
    "run",
    ...(records
      ? ["--config", "test/trees/vitest.config.mjs"]
      : ["random", "ranked", "wired"].map((kind) => `packages/core/test/fuse/${kind}-trees.test.ts`)),
  ],
  {
    cwd: root,
    stdio: "inherit",
    shell: platform === "win32",
    env: {
      ...env,
      CONVFUSE_TREES: String(trees),
      CONVFUSE_SEED: records ? (values.first ?? "0") : values.seed,
      ...(!records && values.first && { CONVFUSE_FIRST: values.first }),
      ...(values.record && { CONVFUSE_RECORD: resolve(values.record) }),
      ...(values.against && { CONVFUSE_AGAINST: resolve(values.against) }),
    },
  },
);
if (result.error) throw result.error;
const failed = result.status === 0 ? 0 : 1;
const others = records ? 0 : 4 * Math.ceil(trees / 2) + Math.ceil(trees / 20);
console.log(`${failed ? 0 : trees + others} passed, ${failed} failed`);
process.exitCode = failed;
