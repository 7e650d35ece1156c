import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { env, execPath } from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { layOut } from "../../packages/python/installation.mjs";
import { python, requirement } from "../support/requirement.js";

const interpreter = requirement(python("class"));
const course = fileURLToPath(new URL("../../deploy/nbgrader", import.meta.url));
const assignment = "output-sizes";

/** What students write instead of the stub, and their points. */
const submissions: readonly (readonly [student: string, answer: string | undefined, points: number])[] = [
  [
    "right",
    "return layers.map(({ k, s, d, p }) => (n = Math.floor((n + 2 * p - d * (k - 1) - 1) / s) + 1));",
    3,
  ],
  ["wrong", "return layers.map(() => n);", 0],
  ["type-wrong", "return layers.map(({ k }) => String(n - k + 1));", 0],
  ["empty", undefined, 0],
  // Tried out in the same cell.
  ["endless", "return [];\n}\nfor (;;);\n{", 0],
  ["flooding", 'for (let at = 0; at < 100; at++) console.log("x".repeat(100_000));\n  return [n];', 0],
  // Puts something else in the place of whatever could find a mistake.
  [
    "overwriting",
    "return [1];\n}\n" +
      'import assert from "node:assert";\nimport { syncBuiltinESMExports } from "node:module";\n' +
      "const deepStrictEqual = () => {}, expectSizes = () => {}, conv2d = () => ({ shape: [1, 1, 1] });\n" +
      "Object.assign(assert, { deepStrictEqual, strictEqual: deepStrictEqual });\nsyncBuiltinESMExports();\n" +
      "Object.assign(console, { assert: deepStrictEqual });\nObject.assign(JSON, { stringify: () => '' });\n" +
      "Object.assign(Object, { is: () => true });\nObject.assign(Array.prototype, { every: () => true });\n{",
    0,
  ],
];

describe.skipIf(interpreter === null)("the graded assignment", () => {
  const work = realpathSync(mkdtempSync(join(tmpdir(), "convfuse-nbgrader-")));
  const data = join(work, "share/jupyter");
  const environment = {
    ...env,
    PATH: `${dirname(interpreter ?? "")}:${env.PATH}`,
    JUPYTER_PATH: data,
    JUPYTER_DATA_DIR: data,
    JUPYTER_CONFIG_DIR: join(work, "config"),
    JUPYTER_RUNTIME_DIR: join(work, "runtime"),
    IPYTHONDIR: join(work, "ipython"),
  };
  const here = join(work, "course");
  const nbgrader = (...args: readonly string[]) =>
    promisify(execFile)(interpreter as string, ["-m", "nbgrader", ...args], { cwd: here, env: environment });

  beforeAll(async () => {
    // As it is installed for a class: what the assignment imports lies beside the kernel.
    await layOut(work);
    const script = join(work, "node_modules/@convfuse/kernel/bin/convfuse-kernel.js");
    execFileSync(execPath, [script, "install", "--prefix", work], { stdio: "pipe" });
    cpSync(course, here, { recursive: true });
    const config = join(here, "nbgrader_config.py");
    writeFileSync(config, readFileSync(config, "utf8").replace("timeout = 30", "timeout = 10"));
    await nbgrader("generate_assignment", assignment);
    const file = join(here, "release", assignment, `${assignment}.ipynb`);
    const released = readFileSync(file, "utf8");
    for (const [student, answer] of submissions) {
      const notebook = JSON.parse(released) as { cells: { id: string; source: string | string[] }[] };
      const cell = notebook.cells.find(({ id }) => id === "sizes");
      if (!cell) throw new Error("the release has no cell to write in");
      const text = [cell.source].flat().join("");
      if (answer !== undefined) cell.source = text.replace(/throw new Error\(.*\);/, () => answer);
      const folder = join(here, "submitted", student, assignment);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `${assignment}.ipynb`), JSON.stringify(notebook));
    }
  }, 300_000);
  afterAll(() => rmSync(work, { recursive: true, force: true, maxRetries: 10 }));

  test("its release has neither the solution nor the hidden tests", () => {
    const released = readFileSync(join(here, "release", assignment, `${assignment}.ipynb`), "utf8");
    expect(released).toContain("write your answer here");
    expect(released).not.toMatch(/SOLUTION|HIDDEN|Math\.floor/);
  });

  test("a right, a wrong, a type-wrong, an empty and an endless submission get their points", async () => {
    await nbgrader("autograde", assignment);
    const code = `
import json
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db") as book:
    print(json.dumps({s.student_id: s.score for s in book.assignment_submissions("${assignment}")}))
`;
    const { stdout } = await promisify(execFile)(interpreter as string, ["-c", code], {
      cwd: here,
      env: environment,
    });
    expect(JSON.parse(stdout)).toEqual(
      Object.fromEntries(submissions.map(([student, , points]) => [student, points])),
    );
  }, 300_000);
});
