// Everything that `npm test` checks once the workspace is installed and built: format and lint, layers, types, and all suites.
// Ends with one line, `N passed, N failed`, that counts the checks and every single test.
import { spawn } from "node:child_process";
import { once } from "node:events";
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

// Side by side, since each keeps one core busy; what they say is printed one after the other.
const outcomes = checks.map(([, command, args]) => run(command, args, "pipe"));
for (const [i, [name]] of checks.entries()) {
  const { status, output } = await outcomes[i];
  console.log(`\n# ${name}\n${output.trim()}`);
  if (status === 0) passed++;
  else failed++;
}

console.log("\n# suites");
// As an installation does: many suites start kernels, and none should wait for another's preparations.
const { prepareSnapshot } = await import("../packages/kernel/dist/index.js");
await prepareSnapshot();
mkdirSync(`${root}.cache`, { recursive: true });
rmSync(report, { force: true });
const { status } = await run(
  "vitest",
  ["run", ...process.argv.slice(2), "--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
  "inherit",
);
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

async function run(command, args, output) {
  const child = spawn("npx", ["--no-install", command, ...args], {
    cwd: root,
    stdio: ["inherit", output, output],
    shell: process.platform === "win32",
  });
  const written = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => written.push(chunk));
  const [status] = await once(child, "close");
  return { status: status ?? 1, output: Buffer.concat(written).toString() };
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
