// Everything that `npm test` checks once the workspace is installed and built: format and lint, layers, types, and all suites.
// Ends with one line, `N passed, N failed`, that counts the checks and every single test.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const report = `${root}.cache/vitest.json`;

const checks = [
  ["format and lint", "biome", ["check", "--error-on-warnings", "."]],
  ["layers", "depcruise", ["packages", "--config", ".dependency-cruiser.mjs"]],
  ["types of the tests", "tsc", ["--project", "tsconfig.test.json"]],
];

let passed = 0;
let failed = 0;

for (const [name, command, args] of checks) {
  console.log(`\n# ${name}`);
  if (run(command, args) === 0) passed++;
  else failed++;
}

console.log("\n# suites");
// As an installation does: many suites start kernels, and none should wait for another's preparations.
const { prepareSnapshot } = await import("../packages/kernel/dist/index.js");
await prepareSnapshot();
mkdirSync(`${root}.cache`, { recursive: true });
rmSync(report, { force: true });
const status = run("vitest", [
  "run",
  ...process.argv.slice(2),
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${report}`,
]);
const suites = readReport();
passed += suites.passed;
failed += suites.failed;
if (status !== 0 && suites.failed === 0) failed++;
// Where everything is promised to be installed, a test that did not run is a test that did not pass.
if (process.env.CI === "true") failed += suites.skipped;
else if (suites.skipped > 0)
  console.log(`${suites.skipped} tests were skipped: what they need is not on this machine.`);

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function run(command, args) {
  const result = spawnSync("npx", ["--no-install", command, ...args], {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (result.error) throw result.error;
  return result.status ?? 1;
}

function readReport() {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
      readFileSync(report, "utf8"),
    );
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
}
