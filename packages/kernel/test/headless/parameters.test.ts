import { type CodeCell, executeNotebook, type Notebook, NotebookParameterError } from "@convfuse/kernel";
import { describe, expect, it } from "vitest";

/** A notebook whose cells are these texts; one that begins with "tag: " and a line break has that tag. */
function notebook(...sources: readonly string[]): Notebook {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: sources.map((text, index) => {
      const [, tag, source = text] = /^(\S+): \n(.*)$/s.exec(text) ?? [];
      const metadata = tag === undefined ? {} : { tags: [tag] };
      return { cell_type: "code", id: `c${index}`, source, metadata, execution_count: null, outputs: [] };
    }),
  };
}

async function run(given: Notebook, parameters: { readonly [name: string]: never | unknown }) {
  return executeNotebook(given, { cwd: ".", parameters: parameters as never });
}

function sources(executed: Notebook): string[] {
  return executed.cells.map(({ source }) => source);
}

/** The last cell's result. */
function result(executed: Notebook): unknown {
  const [output] = (executed.cells.at(-1) as CodeCell).outputs;
  return output?.output_type === "execute_result" ? output.data["text/plain"] : output;
}

describe("parameters", () => {
  it("are set behind the tagged cell, with the types that it says", async () => {
    const given = notebook(
      "1",
      `parameters: \nlet rate = 0.1; const mode: "a" | "b" = "a", n = 3, list: readonly number[] = []; const [x, { y }] = [1, { y: "" }];`,
      `if (mode === "a") throw new Error(); const check: "a" | "b" = mode; n === 3; [rate, mode, n, list, x, y]`,
    );
    const { notebook: executed, failure } = await run(given, {
      rate: 2,
      mode: "b",
      n: 4,
      list: [1, -0.5],
      x: -0,
      y: "\u2028'",
    });
    expect(failure).toBeUndefined();
    expect(sources(executed)[2]).toBe(
      `// Parameters\nrate = 2;\nconst mode: "a" | "b" = "b";\nlet n = 4;\nconst list: readonly number[] = [1, -0.5];\nlet x = -0;\nlet y = "\u2028'";`,
    );
    expect(executed.cells[2]).toMatchObject({
      id: "injected-parameters",
      metadata: { tags: ["injected-parameters"] },
    });
    expect(result(executed)).toBe(`[ 2, 'b', 4, [ 1, -0.5 ], -0, "\u2028'" ]`);
    expect(given.cells).toHaveLength(3);
  });

  it("replace those of an earlier run, and stand at the top where no cell is tagged", async () => {
    const again = await run(notebook("parameters: \nlet a = 1;", "2", "injected-parameters: \na = 7;", "a"), {
      a: 5,
    });
    expect(sources(again.notebook)).toEqual(["let a = 1;", "2", "// Parameters\na = 5;", "a"]);
    expect(result(again.notebook)).toBe("5");
    const top = await run(notebook("[a, deep, none]"), {
      a: Number.NaN,
      deep: { __proto__x: [{ "b c": null }] },
      none: null,
    });
    expect(sources(top.notebook)[0]).toBe(
      '// Parameters\nlet a = NaN;\nlet deep = { "__proto__x": [{ "b c": null }] };\nlet none = null;',
    );
    expect(result(top.notebook)).toBe("[\n  NaN,\n  { __proto__x: [ { 'b c': null } ] },\n  null\n]");
  });

  it("are checked as code is", async () => {
    const { failure } = await run(notebook("parameters: \nlet a: number = 1;", "a"), { a: "text" });
    expect(failure).toMatchObject({
      index: 1,
      line: 2,
      error: { evalue: expect.stringContaining("TS2322") },
    });
  });

  it.each([
    [{ rat: 1 }, 'the cell tagged "parameters" declares no rat; it declares rate, n; got parameters rat'],
    [{ "a b": 1 }, '"a b" cannot be the name of a variable; got parameters a b'],
    [{ "a; process.exit()": 1 }, '"a; process.exit()" cannot be the name of a variable'],
    [{ class: 1 }, '"class" cannot be the name of a variable'],
  ])("%o are refused", async (parameters, message) => {
    const refused = run(notebook("parameters: \nlet rate = 1, n = 2;"), parameters);
    await expect(refused).rejects.toThrow(NotebookParameterError);
    await expect(refused).rejects.toThrow(message);
  });

  it("that are none change nothing", async () => {
    expect(sources((await run(notebook("1"), {})).notebook)).toEqual(["1"]);
  });
});
