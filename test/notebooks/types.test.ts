import { join } from "node:path";
import ts from "typescript6";
import { describe, expect, test } from "vitest";
import { lecture, type Notebook, notebookNames, readNotebook, textOf } from "./notebooks.js";

/** Stricter than any kernel: what passes here passes there. */
const options: ts.CompilerOptions = {
  strict: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2022.d.ts"],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  types: ["node"],
  skipLibCheck: true,
};

/** The library files, which are the same for every notebook. */
const parsed = new Map<string, ts.SourceFile | undefined>();

/** The code cells of a notebook as one module, checked in the notebooks' folder. */
function check(name: string, text: string): string[] {
  const file = join(lecture, `${name}.ts`);
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (path) => path === file || fileExists(path);
  host.getSourceFile = (path, ...rest) => {
    if (path === file) return ts.createSourceFile(path, text, ts.ScriptTarget.ES2022);
    if (!parsed.has(path)) parsed.set(path, getSourceFile.call(host, path, ...rest));
    return parsed.get(path);
  };
  host.getCurrentDirectory = () => lecture;
  const program = ts.createProgram([file], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText, file: source, start = 0 }) => {
    const line = source ? source.text.slice(0, start).split("\n").length : 0;
    return `line ${line}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
  });
}

/** The programs in the folded solutions, which a reader appends to the notebook. */
function solutions({ cells }: Notebook): string[] {
  const folded = cells.flatMap((cell) => textOf(cell).match(/<details>[\s\S]*?<\/details>/g) ?? []);
  return folded.flatMap((text) => [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code ?? ""));
}

/** Its imports before a block of the rest. */
function asBlock(program: string): string {
  const [, imports = "", rest = ""] = /^((?:import [^;]*;\n+)*)([\s\S]*)$/.exec(program) ?? [];
  return `${imports}{\n${rest}}`;
}

describe("the code cells of a notebook and the programs of its solutions, as one module, are strictly typed", () => {
  test.each(notebookNames("en"))("%s", (name) => {
    const notebook = readNotebook("en", name);
    const cells = notebook.cells.filter((cell) => cell.cell_type === "code").map(textOf);
    // A block: in a notebook a later cell may take an earlier one's names.
    const programs = solutions(notebook).map(asBlock);
    expect(check(name, [...cells, ...programs].join("\n"))).toEqual([]);
  });

  test("the lessons from the photograph to the deployed network each ask for a program", () => {
    const asking = notebookNames("en").filter((name) => solutions(readNotebook("en", name)).length > 0);
    expect(asking.map((name) => name.slice(0, 2))).toEqual(["01", "04", "09", "15", "16", "18", "19"]);
  });

  test("and a cell that is not is found", () => {
    expect(check("wrong", "import { ones } from '@convfuse/core';\nconst x: string = ones([1]);")).toEqual([
      expect.stringContaining("line 2: Type 'Tensor'"),
    ]);
  });
});
