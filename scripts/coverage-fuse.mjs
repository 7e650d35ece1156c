// Which lines of algebra/, fuse/ and proof/ the tests reach; any line that is not reached is a failure.
import { spawnSync } from "node:child_process";

const core = ["algebra", "fuse", "fuse-graph", "graph", "proof", "blocks", "nn"];
/** Networks' files go through paths that no small module does; the suites that take longest add nothing. */
const onnx = ["fuse", "forms", "guards", "differential", "random-graphs"];
const measured = "packages/core/src/{algebra,fuse,proof}/**/*.ts";

const { status } = spawnSync(
  process.execPath,
  [
    "node_modules/vitest/vitest.mjs",
    "run",
    ...core.map((folder) => `packages/core/test/${folder}`),
    ...onnx.map((name) => `packages/onnx/test/${name}.test.ts`),
    "--exclude=packages/core/test/blocks/networks.test.ts",
    "--coverage.enabled",
    `--coverage.include=${measured}`,
    "--coverage.reporter=text",
    "--coverage.thresholds.lines=100",
    ...process.argv.slice(2),
  ],
  { stdio: "inherit" },
);
process.exitCode = status ?? 1;
