// Everything that `npm test` checks once the workspace is installed and built: format and lint, layers, types, and all suites.
// Ends with one line, `N passed, N failed`, that counts the checks and every single test.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { relative } from "node:path";
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
const files = await vitest(process.argv.slice(2));
// Kernels, browsers and installations are processes beside others here, and machines stall. What failed so runs once more by
// itself: what then passes does not stop the others' work, but is named at the end, for whoever mends it.
const failing = files.filter((file) => isFailing(file) && existsSync(file.name)).map(({ name }) => name);
const unsteady = [];
if (failing.length > 0 && failing.length <= 5) {
  console.log(`\n# again, alone: ${failing.map((name) => relative(root, name)).join(", ")}`);
  const again = await vitest([...failing, "--maxWorkers=1"]);
  for (const file of again) {
    const first = files.findIndex(({ name }) => name === file.name);
    if (!isFailing(file)) unsteady.push(...failures(files[first]));
    files[first] = file;
  }
}
const skipped = count(files, "pending") + count(files, "todo") + count(files, "skipped");
passed += count(files, "passed");
failed += files.reduce((sum, file) => sum + failures(file).length, 0);
if (files.length === 0) failed++;
// Where everything is promised to be installed, a test that did not run is a test that did not pass.
if (process.env.CI === "true") failed += skipped;
else if (skipped > 0) console.log(`${skipped} tests were skipped: what they need is not on this machine.`);
for (const name of unsteady) console.log(`unsteady: it failed beside others and passed alone: ${name}`);

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

/** What each file's tests gave, as vitest reports it. */
async function vitest(args) {
  rmSync(report, { force: true });
  const { status } = await run(
    "vitest",
    ["run", ...args, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
    "inherit",
  );
  const { testResults } = readReport();
  const broken = status !== 0 && !testResults.some(isFailing);
  // An error outside every test, for instance a promise that nobody awaited.
  return broken
    ? [...testResults, { name: "outside every test", status: "failed", assertionResults: [] }]
    : testResults;
}

function readReport() {
  try {
    return JSON.parse(readFileSync(report, "utf8"));
  } catch {
    return { testResults: [] };
  }
}

function isFailing({ status }) {
  return status === "failed";
}

/** The names of what failed in a file: its tests, or the file itself where it could not be run. */
function failures(file) {
  if (!isFailing(file)) return [];
  const tests = file.assertionResults.filter(isFailing).map(({ fullName }) => fullName);
  const path = existsSync(file.name) ? relative(root, file.name) : file.name;
  return tests.length > 0 ? tests.map((test) => `${path}: ${test}`) : [path];
}

function count(files, status) {
  return files.flatMap(({ assertionResults }) => assertionResults).filter((test) => test.status === status)
    .length;
}
