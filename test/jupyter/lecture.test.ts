import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { readNotebook } from "@convfuse/kernel";
import { comparableOutputs } from "@convfuse/lecture";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installKernels } from "../support/kernels.js";
import { python, requirement } from "../support/requirement.js";

const notebooks = fileURLToPath(new URL("../../notebooks", import.meta.url));
const script = fileURLToPath(new URL("execute.py", import.meta.url));
const files = ["", "zh-CN"].flatMap((folder) =>
  readdirSync(join(notebooks, folder))
    .filter((name) => name.endsWith(".ipynb"))
    .map((name) => join(folder, name)),
);
const interpreter = requirement(python("jupyter"));
const work = mkdtempSync(join(tmpdir(), "convfuse-kernels-"));

describe.skipIf(interpreter === null)("every lesson under nbclient", () => {
  beforeAll(() => installKernels(interpreter as string), 60_000);
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  describe.each(["tslab", "convfuse"])("with the kernel %s", (kernel) => {
    test.each(files)(
      "%s gives the committed outputs in every cell",
      async (file) => {
        const target = join(work, `${kernel}-${file.replaceAll(/[\\/]/g, "-")}`);
        await promisify(execFile)(interpreter as string, [script, kernel, join(notebooks, file), target]);
        const [executed, committed] = await Promise.all([
          readNotebook(target),
          readNotebook(join(notebooks, file)),
        ]);
        expect(comparableOutputs(executed)).toEqual(comparableOutputs(committed));
      },
      180_000,
    );
  });
});
