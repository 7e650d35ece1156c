import { join } from "node:path";
import ts from "typescript6";
import { describe, expect, test } from "vitest";
import { lecture, notebookNames, readNotebook, textOf } from "./notebooks.js";

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

describe("the code cells of a notebook, as one module, are strictly typed", () => {
  test.each(notebookNames("en"))("%s", (name) => {
    const cells = readNotebook("en", name).cells.filter((cell) => cell.cell_type === "code");
    expect(check(name, cells.map(textOf).join("\n"))).toEqual([]);
  });

  test("and a cell that is not is found", () => {
    expect(check("wrong", "import { ones } from '@convfuse/core';\nconst x: string = ones([1]);")).toEqual([
      expect.stringContaining("line 2: Type 'Tensor'"),
    ]);
  });
});
