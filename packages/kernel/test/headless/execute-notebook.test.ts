import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  executeNotebook,
  formatNotebook,
  type Notebook,
  NotebookFormatError,
  NotebookWriteError,
  readNotebook,
  runNotebooks,
  writeNotebook,
} from "@convfuse/kernel";
import { describe, expect, it } from "vitest";
import { scratchFolder } from "../scratch.js";

const folder = scratchFolder("headless");

function notebook(sources: readonly (string | { source: string; tags: string[] })[]): Notebook {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { display_name: "TypeScript", language: "typescript", name: "tslab" } },
    cells: sources.map((cell, index) => ({
      cell_type: "code",
      id: `cell-${index}`,
      source: typeof cell === "string" ? cell : cell.source,
      metadata: typeof cell === "string" ? {} : { tags: cell.tags },
      execution_count: 99,
      outputs: [{ output_type: "stream", name: "stdout", text: "of an earlier run" }],
    })),
  };
}

function outputs(executed: Notebook): unknown[] {
  return executed.cells.map((cell) => (cell.cell_type === "code" ? cell.outputs : []));
}

describe("executeNotebook", () => {
  it("fills in outputs as nbclient does and leaves its argument as it was", async () => {
    const given = notebook([
      "console.log('one'); console.log('two'); console.error('three'); 1 + 1",
      "import { display, newDisplay } from 'tslab'; const place = newDisplay(); place.text('first');",
      "place.text('second');",
      "display.text('gone'); jupyter.clearOutput({ wait: true }); display.html('<b>kept</b>');",
      "   ",
      { source: "throw new RangeError('expected')", tags: ["raises-exception"] },
    ]);
    const before = structuredClone(given);
    const { notebook: executed, failure } = await executeNotebook(given, { cwd: folder });
    expect(given).toEqual(before);
    expect(failure).toBeUndefined();
    expect(outputs(executed)).toEqual([
      [
        { output_type: "stream", name: "stdout", text: "one\ntwo\n" },
        { output_type: "stream", name: "stderr", text: "three\n" },
        { output_type: "execute_result", execution_count: 1, data: { "text/plain": "2" }, metadata: {} },
      ],
      [{ output_type: "display_data", data: { "text/plain": "second" }, metadata: {} }],
      [],
      [{ output_type: "display_data", data: { "text/html": "<b>kept</b>" }, metadata: {} }],
      [],
      [
        {
          output_type: "error",
          ename: "RangeError",
          evalue: "expected",
          traceback: ["RangeError: expected", "    at In [5]:1:7"],
        },
      ],
    ]);
    expect(executed.cells.map((cell) => (cell.cell_type === "code" ? cell.execution_count : 0))).toEqual([
      1,
      2,
      3,
      4,
      null,
      5,
    ]);
  });

  it("stops at the first failing cell and names its line", async () => {
    const given = notebook(["const a = 1", "\nconst b = a;\nb.nothing;", "console.log('never')"]);
    const { notebook: executed, failure } = await executeNotebook(given, { cwd: folder });
    expect(failure).toMatchObject({
      index: 1,
      line: 3,
      source: "b.nothing;",
      error: {
        ename: "TypeScriptError",
        evalue: "TS2339: Property 'nothing' does not exist on type '1'. at line 3:3",
      },
    });
    expect(outputs(executed)[2]).toEqual([]);
  });
});

describe("runNotebooks", () => {
  it("runs many, tells failed cells from broken notebooks, and writes only what passed", async () => {
    const write = (name: string, text: string): string => {
      const file = join(folder, name);
      writeFileSync(file, text);
      return file;
    };
    const good = write("good.ipynb", formatNotebook(notebook(["6 * 7"])));
    const bad = write("bad.ipynb", formatNotebook(notebook(["throw 1"])));
    const broken = write("broken.ipynb", "{");
    const seen: string[] = [];
    const outputDir = join(folder, "out");
    const runs = await runNotebooks([good, bad, broken], {
      outputDir,
      jobs: 2,
      onProgress: ({ type }) => seen.push(type),
    });
    expect(runs.map(({ status }) => status)).toEqual(["ok", "failed", "broken"]);
    expect(readdirSync(outputDir)).toEqual(["good.ipynb"]);
    expect(JSON.parse(readFileSync(join(outputDir, "good.ipynb"), "utf8")).cells[0].outputs[0].data).toEqual({
      "text/plain": ["42"],
    });
    expect(seen.filter((type) => type === "end")).toHaveLength(3);
  });
});

describe("readNotebook", () => {
  const refused = (text: string): string => {
    const file = join(folder, "refused.ipynb");
    writeFileSync(file, text);
    try {
      readNotebook(file);
    } catch (error) {
      expect(error).toBeInstanceOf(NotebookFormatError);
      return (error as Error).message.replace(file, "FILE");
    }
    return "nothing was refused";
  };

  it.each([
    ['{"nbformat": 3}', "readNotebook: only nbformat 4 is read; got nbformat=3; got file=FILE"],
    ["[]", "readNotebook: a notebook is a JSON object; got file=FILE"],
    ['{"nbformat": 4}', "readNotebook: the notebook has no list of cells; got file=FILE"],
    [
      '{"nbformat": 4, "cells": []}',
      "readNotebook: the notebook names no kernel (metadata.kernelspec is missing); got file=FILE",
    ],
    [
      '{"nbformat": 4, "cells": [], "metadata": {"kernelspec": {"name": "python3", "language": "python"}}}',
      'readNotebook: the notebook is for another kernel: "python3", language "python"; got file=FILE',
    ],
  ])("refuses %s", (text, message) => expect(refused(text)).toBe(message));

  it("says that a file is not JSON", () =>
    expect(refused("{")).toMatch(/^readNotebook: the file is not JSON \(/));
});

describe("writeNotebook", () => {
  it("leaves the old file when the new one cannot be put in its place", () => {
    // A folder in the file's place makes the rename fail, as a full disk makes the write fail.
    const target = mkdtempSync(join(folder, "taken-"));
    expect(() => writeNotebook(target, notebook([]))).toThrow(NotebookWriteError);
    expect(readdirSync(target)).toEqual([]);
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("writes lines, key order and indentation as nbformat does", () => {
    const one = notebook(["a\nb"]);
    expect(formatNotebook(one).split("   ],\n")[0]).toBe(
      '{\n "cells": [\n  {\n   "cell_type": "code",\n   "execution_count": 99,\n   "id": "cell-0",\n   "metadata": {},\n' +
        '   "outputs": [\n    {\n     "name": "stdout",\n     "output_type": "stream",\n     "text": [\n' +
        '      "of an earlier run"\n     ]\n    }\n',
    );
  });
});
