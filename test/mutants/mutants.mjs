// Shows that the suites notice bugs: applies known ones, one at a time, to the sources as vitest reads them (the files stay as
// they are), and runs the tests that should fail. `npm run mutants`, or some by a part of their names: `npm run mutants -- pad`.
// Ends with `N passed, N failed`, where a mutant passes if a test caught it.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { coreMutants } from "./core.mjs";
import { debuggerMutants } from "./debugger.mjs";
import { engineMutants } from "./engine.mjs";
import { fuseMutants } from "./fuse.mjs";
import { graphMutants } from "./graph.mjs";
import { onnxMutants } from "./onnx.mjs";
import { treeMutants } from "./trees.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const reports = `${root}.cache/mutants`;

/** @type {readonly import("./mutant.mjs").Mutant[]} */
const all = [
  ...coreMutants,
  ...debuggerMutants,
  ...engineMutants,
  ...fuseMutants,
  ...graphMutants,
  ...onnxMutants,
  ...treeMutants,
];
const wanted = process.argv.slice(2);
const mutants = all.filter(({ name }) => wanted.every((part) => name.includes(part)));
if (mutants.length === 0) throw new Error(`no mutant has ${wanted.join(" and ")} in its name`);

for (const mutant of mutants) checkFits(mutant);
if (new Set(all.map(({ name }) => name)).size < all.length) throw new Error("two mutants have the same name");

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

const counts = { passed: 0, failed: 0 };

// Without a bug everything passes, or a failure would say nothing.
const tests = [...new Set(mutants.flatMap((mutant) => mutant.tests))];
const clean = await vitest("clean", tests, undefined);
if (!clean.success) {
  console.log(`the tests fail without any bug:\n${clean.output}`);
  counts.failed++;
} else {
  const queue = [...mutants.entries()];
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, () => work(queue)));
}
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed === 0 ? 0 : 1;

async function work(queue) {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [index, mutant] = next;
    const { caughtBy, output } = await vitest(`${index}`, mutant.tests, mutant);
    if (caughtBy !== undefined) counts.passed++;
    else counts.failed++;
    const verdict = caughtBy !== undefined ? `caught by "${caughtBy}"` : `NOT CAUGHT\n${output}`;
    console.log(`${mutant.name}: ${verdict}`);
  }
}

/** The bug must be possible, in one place only: a list that no longer fits the sources shows nothing. */
function checkFits({ name, file, find, replace }) {
  const times = readFileSync(`${root}${file}`, "utf8").split(find).length - 1;
  if (times !== 1)
    throw new Error(`${name}: ${JSON.stringify(find)} occurs ${times} times in ${file}, not once`);
  if (find === replace) throw new Error(`${name}: find and replace are the same`);
}

/** Runs tests, with a bug if one is given, and says which test failed first. */
function vitest(label, files, mutant) {
  const report = `${reports}/${label}.json`;
  const args = ["--no-install", "vitest", "run", "--config", "test/mutants/vitest.config.mjs", "--bail=1"];
  const child = spawn("npx", [...args, "--reporter=json", `--outputFile=${report}`, ...files], {
    cwd: root,
    shell: process.platform === "win32",
    env: { ...process.env, CONVFUSE_MUTANT: JSON.stringify(mutant ?? null) },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      // A test that failed counts; a suite that could not even load shows a broken mutant, not a good test.
      const results = readReport(report);
      const failed = results
        .flatMap((suite) => suite.assertionResults)
        .find((test) => test.status === "failed");
      resolve({ success: code === 0, caughtBy: failed?.fullName, output: output.slice(-2000) });
    });
  });
}

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8")).testResults;
  } catch {
    return [];
  }
}
