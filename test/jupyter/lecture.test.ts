import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env } from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { readNotebook } from "@convfuse/kernel";
import { comparableOutputs } from "@convfuse/lecture";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bothKernelsEnvironment } from "../support/kernel-environment.js";
import { committedLessons, notebooksFolder } from "../support/lecture.js";
import { python, requirement } from "../support/requirement.js";

const script = fileURLToPath(new URL("execute.py", import.meta.url));
const interpreter = requirement(python("jupyter"));
const work = mkdtempSync(join(tmpdir(), "convfuse-kernels-"));
const kernels = ["tslab", "convfuse"];

describe.skipIf(interpreter === null)("every lesson under nbclient", () => {
  let complaints = "";
  beforeAll(async () => {
    const environment = { ...env, ...bothKernelsEnvironment(interpreter as string) };
    const sources = committedLessons.map((lesson) => join(notebooksFolder, lesson.name));
    const executions = kernels.map((kernel) => {
      mkdirSync(join(work, kernel));
      const args = [script, kernel, join(work, kernel), ...sources];
      return promisify(execFile)(interpreter as string, args, { env: environment });
    });
    for (const { stderr } of await Promise.all(executions)) complaints += stderr;
  }, 900_000);
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  // Both languages have the same code cells, so one run is held against the outputs of both.
  describe.each(kernels)("with the kernel %s", (kernel) => {
    test.each(committedLessons)("$name gives the committed outputs in every cell", (lesson) => {
      const executed = comparableOutputs(readNotebook(join(work, kernel, lesson.name)));
      expect(executed, complaints).toEqual(comparableOutputs(lesson.english));
      expect(executed, complaints).toEqual(comparableOutputs(lesson.chinese));
    });
  });
});
