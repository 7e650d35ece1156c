import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env } from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { readNotebook } from "@convfuse/kernel";
import { comparableOutputs } from "@convfuse/lecture";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bothKernelsEnvironment, type KernelEnvironment } from "../support/kernel-environment.js";
import { committedLessons, notebooksFolder } from "../support/lecture.js";
import { python, requirement } from "../support/requirement.js";

const script = fileURLToPath(new URL("execute.py", import.meta.url));
const interpreter = requirement(python("jupyter"));
const work = mkdtempSync(join(tmpdir(), "convfuse-kernels-"));

describe.skipIf(interpreter === null)("every lesson under nbclient", () => {
  let environment: KernelEnvironment;
  beforeAll(() => {
    environment = bothKernelsEnvironment(interpreter as string);
  }, 60_000);
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  // Both languages have the same code cells, so one run is held against the outputs of both.
  describe.each(["tslab", "convfuse"])("with the kernel %s", (kernel) => {
    test.concurrent.each(committedLessons)(
      "$name gives the committed outputs in every cell",
      async (lesson) => {
        const target = join(work, `${kernel}-${lesson.name}`);
        const source = join(notebooksFolder, lesson.name);
        await promisify(execFile)(interpreter as string, [script, kernel, source, target], {
          env: { ...env, ...environment },
        });
        const executed = comparableOutputs(readNotebook(target));
        expect(executed).toEqual(comparableOutputs(lesson.english));
        expect(executed).toEqual(comparableOutputs(lesson.chinese));
      },
      180_000,
    );
  });
});
