// Draws random ONNX networks, fuses each and compares both in onnxruntime; then mutates files: `npm run onnx:random`, or
// `npm run onnx:random -- --graphs 5000 --files 50000 --seed 7`. Ends with `N passed, N failed`, where fifty networks or 250 files count as one.
import { spawnSync } from "node:child_process";
import { env, platform } from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { values } = parseArgs({
  options: {
    graphs: { type: "string", default: "2000" },
    files: { type: "string", default: "20000" },
    seed: { type: "string", default: "1" },
  },
});
for (const [name, value] of Object.entries(values)) {
  if (!/^\d+$/.test(value) || Number(value) < 1)
    throw new Error(`--${name} must be a whole number, 1 or more: ${value}`);
}
const suites = ["random-graphs", "mutated"].map((name) => `packages/onnx/test/${name}.test.ts`);
const { status, stdout } = spawnSync("npx", ["--no-install", "vitest", "run", ...suites, "--reporter=json"], {
  cwd: root,
  encoding: "utf8",
  maxBuffer: 2 ** 28,
  stdio: ["ignore", "pipe", "inherit"],
  shell: platform === "win32",
  env: {
    ...env,
    CONVFUSE_ONNX_GRAPHS: values.graphs,
    CONVFUSE_ONNX_MUTATED: values.files,
    CONVFUSE_SEED: values.seed,
  },
});
const report = JSON.parse(stdout.slice(stdout.indexOf("{")));
for (const { assertionResults } of report.testResults) {
  for (const { fullName, failureMessages } of assertionResults) {
    for (const message of failureMessages) console.log(`${fullName}\n${message}\n`);
  }
}
console.log(`${report.numPassedTests} passed, ${report.numFailedTests} failed`);
process.exitCode = status ?? 1;
