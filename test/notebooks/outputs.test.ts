import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { readNotebook } from "@convfuse/kernel";
import { comparableOutputs, executeLecture, lectureNotebooks } from "@convfuse/lecture";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { notebooksFolder } from "../support/lecture.js";

const files = (await lectureNotebooks(notebooksFolder)).map((file) => relative(notebooksFolder, file));
const work = mkdtempSync(join(tmpdir(), "convfuse-outputs-"));
const said: string[] = [];

describe("every committed notebook, executed again headless", () => {
  beforeAll(async () => {
    await executeLecture(notebooksFolder, work, { write: (text) => said.push(text) });
  }, 240_000);
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  test.each(files)("%s gives the outputs that it is committed with", (file) => {
    expect(said.filter((line) => line.includes(` ${file} `)).join("")).toMatch(/^✓/);
    const executed = comparableOutputs(readNotebook(join(work, file)));
    expect(executed).toEqual(comparableOutputs(readNotebook(join(notebooksFolder, file))));
    expect(executed.flatMap((cell) => cell.errors)).toEqual([]);
  });

  test.each(files)("%s is committed with an image of every plot", (file) => {
    const { cells } = readNotebook(join(notebooksFolder, file));
    const bundles = cells.flatMap((cell) =>
      cell.cell_type === "code"
        ? cell.outputs.flatMap((output) => ("data" in output ? [output.data] : []))
        : [],
    );
    const bare = bundles.filter(
      (data) =>
        data["application/vnd.plotly.v1+json"] && !String(data["image/png"]).startsWith("iVBORw0KGgo"),
    );
    expect(bare).toEqual([]);
  });
});
