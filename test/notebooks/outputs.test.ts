import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Notebook, type NotebookRun, readNotebook, runNotebooks } from "@convfuse/kernel";
import { comparableOutputs } from "@convfuse/lecture";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { committedLessons, notebooksFolder } from "../support/lecture.js";

const work = mkdtempSync(join(tmpdir(), "convfuse-outputs-"));

/** The plots of a notebook that lack an image of themselves. */
function plotsWithoutImage({ cells }: Notebook): unknown[] {
  return cells
    .flatMap((cell) => (cell.cell_type === "code" ? cell.outputs : []))
    .flatMap((output) => ("data" in output ? [output.data] : []))
    .filter((data) => data["application/vnd.plotly.v1+json"])
    .filter((data) => !String(data["image/png"]).startsWith("iVBORw0KGgo"));
}

// Both languages have the same code cells (form.test.ts), so one run is held against the outputs of both.
describe("every lesson, executed again headless", () => {
  let runs: readonly NotebookRun[];

  beforeAll(async () => {
    const files = committedLessons.map(({ name }) => join(notebooksFolder, name));
    runs = await runNotebooks(files, { outputDir: work });
  }, 600_000);
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  test.each(committedLessons.map((lesson, index) => ({ ...lesson, index })))(
    "$name gives the outputs that it is committed with",
    ({ name, english, chinese, index }) => {
      expect(runs[index]).toMatchObject({ status: "ok" });
      const executed = comparableOutputs(readNotebook(join(work, name)));
      expect(executed).toEqual(comparableOutputs(english));
      expect(executed).toEqual(comparableOutputs(chinese));
      expect(executed.flatMap((cell) => cell.errors)).toEqual([]);
    },
  );
});

test.each(committedLessons)("$name is committed with an image of every plot", ({ english, chinese }) => {
  expect(plotsWithoutImage(english)).toEqual([]);
  expect(plotsWithoutImage(chinese)).toEqual([]);
});
