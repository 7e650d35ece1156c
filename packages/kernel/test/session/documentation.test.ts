import { createRequire } from "node:module";
import { join } from "node:path";
import type typescript from "typescript6";
import ts from "typescript6";
import { beforeAll, expect, it, vi } from "vitest";
import { Assistant } from "../../src/session/checker/assist.js";
import { CellCompiler } from "../../src/session/checker/compiler.js";
import { createRegistry } from "../../src/session/checker/program/documentation.js";
import { Libraries } from "../../src/session/checker/program/libraries.js";
import { LibraryText } from "../../src/session/checker/program/library-text.js";
import { Project } from "../../src/session/checker/program/project.js";
import { kernelFiles } from "../../src/session/node/checker/kernel-files.js";
import { scratchFolder, writeFiles } from "../scratch.js";

const folder = scratchFolder("documentation");
const files = {
  "node_modules/described/package.json": '{ "name": "described", "version": "1.0.0", "types": "index.d.ts" }',
  "node_modules/described/index.d.ts": `
    /** What every shape has. */
    export interface Shape {
      /** How large it is, in square metres. */
      area(): number;
      /** Its {@link colour name of a colour}. @defaultValue red */
      colour: string;
    }
    /** A square, see {@link Shape}. */
    export declare class Square implements Shape {
      /** Makes one. @param side in metres */
      constructor(side: number);
      area(): number;
      colour: string;
      /** What is read. */ get side(): number;
      /** What is written. */ set side(value: number);
      /** From text.
       * @example
       * Square.parse("3");
       * @throws where it is none */
      static parse(text: string): Square;
      /** From a number. */
      static parse(side: number): Square;
    }
    /** Ways of drawing. */
    export declare enum Way {
      /** With a pen. */
      Pen = 1,
      Brush = 2,
    }
    /** Kept together. */
    export declare namespace tools {
      /** Draws. @deprecated paint */
      function draw(way: Way): void;
    }
    export declare const settings: { /** How wide. */ width: number; nested: {
      /** How deep. */
      depth: number } };
    /** Any of them. */
    export type Any = Shape | Square;
    export { helper as renamed } from "./helper.js";`,
  "own.js": `
    /**
     * Adds.
     * @param {number} a one
     * @param {number} b the other
     * @returns {number} both
     */
    export function plus(a, b) { return a + b; }`,
  "node_modules/described/helper.d.ts": `
    /** Helps.
     * @typeParam T what it helps
     * @returns the same */
    export declare function helper<T>(value: T): T;`,
};

/** `|` stands where the reader asks. */
const places = [
  'import { Square| } from "described"; new Square(2)',
  'import { Square } from "described"; new Squ|are(2)',
  'import { Square } from "described"; new Square(2).ar|ea()',
  'import { Square } from "described"; new Square(2).col|our',
  'import { Square } from "described"; new Square(2).sid|e + 1',
  'import { Square } from "described"; const s = new Square(2); s.sid|e = 2',
  'import { Square } from "described"; Square.par|se("3")',
  'import { Square } from "described"; Square.par|se(3)',
  'import * as d from "described"; d.Way.Pe|n',
  'import * as d from "described"; d.tools.dr|aw(d.Way.Brush)',
  'import * as d from "described"; d.to|ols',
  'import { settings } from "described"; settings.nested.dep|th',
  'import { renam|ed } from "described"; renamed(1)',
  'import { renamed } from "described"; renam|ed(1)',
  'import type { Any } from "described"; let a: An|y | undefined; a',
  'import type { Shape } from "described"; const shape: Shape = { area: () => 1, colo|ur: "red" }; shape',
  'import { plus } from "./own.js"; pl|us(1, 2)',
  "[1, 2].redu|ce((a, b) => a + b)",
  'import { readFileSync } from "node:fs"; readFile|Sync("x")',
  "/** Doubles. */ function twice(n: number) { return 2 * n } twi|ce(2)",
  "class A {\n/** Of A. */\nturn() {} } class B extends A { override turn() {} } new B().tu|rn()",
];

const require = createRequire(import.meta.url);
const nodeTypes = join(require.resolve("@types/node/package.json"), "../index.d.ts");
let assistant: Assistant;
let compiler: CellCompiler;
/** A language service of another TypeScript, which reads all comments with their files. */
let other: typeof typescript;

beforeAll(() => {
  writeFiles(folder, files);
  const registry = createRegistry(ts);
  const libraries = new Libraries(ts);
  compiler = new CellCompiler(ts, new Project(ts, folder, kernelFiles(), registry, libraries));
  compiler.warm();
  // As a start-up snapshot does, which holds no texts.
  libraries.releaseTexts(registry.declarations.files());
  assistant = new Assistant(ts, compiler);
  const path = require.resolve("typescript6");
  delete require.cache[path];
  other = require(path);
  delete require.cache[path];
}, 60_000);

function documentationOf(code: string, position: number): string {
  const { project } = compiler;
  const path = join(folder, "alone.ts");
  const service = other.createLanguageService({
    getCompilationSettings: () => project.options as typescript.CompilerOptions,
    getScriptFileNames: () => [path, nodeTypes],
    getScriptVersion: () => "1",
    getScriptSnapshot: (name) => {
      const text = name === path ? code : other.sys.readFile(name);
      return text === undefined ? undefined : other.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => folder,
    getDefaultLibFileName: (options) => other.getDefaultLibFilePath(options),
    directoryExists: (name) => other.sys.directoryExists(name),
    fileExists: (name) => name === path || other.sys.fileExists(name),
    readFile: (name) => (name === path ? code : other.sys.readFile(name)),
  });
  const info = service.getQuickInfoAtPosition(path, position);
  const tags = (info?.tags ?? []).map(({ name, text }) =>
    `@${name} ${other.displayPartsToString(text)}`.trimEnd(),
  );
  return [other.displayPartsToString(info?.documentation), tags.join("\n")].filter(Boolean).join("\n\n");
}

it.each(places)("says what TypeScript says: %s", (marked) => {
  const position = marked.indexOf("|");
  const code = marked.replace("|", "");
  const expected = documentationOf(code, position);
  expect(expected).not.toBe("");
  // The signature comes first.
  const [, ...said] = String(assistant.inspect(code, position, 0).data["text/plain"]).split("\n\n");
  expect(said.join("\n\n")).toBe(expected);
});

it("a file is read without its comments until somebody asks", () => {
  assistant.inspect('import { Duplex } from "node:stream"; Duplex', 44, 0);
  const program = compiler.project.program();
  const commentsIn = (name: string): boolean => {
    const file = program.getSourceFiles().find(({ fileName }) => fileName.endsWith(name));
    const hasOne = (node: ts.Node): boolean => "jsDoc" in node && node.jsDoc !== undefined;
    return (
      file !== undefined &&
      (ts.forEachChild(file, function any(node): boolean {
        return hasOne(node) || (ts.forEachChild(node, any) ?? false);
      }) ??
        false)
    );
  };
  expect(commentsIn("@types/node/stream.d.ts")).toBe(true);
  expect(commentsIn("@types/node/http2.d.ts")).toBe(false);
});

it("a text that was let go of is read again, unless it is another one by now", () => {
  const read = vi.fn<() => string | undefined>(() => "a library");
  const text = new LibraryText("a library", read);
  expect(text.getText(2, 9)).toBe("library");
  expect(read).not.toHaveBeenCalled();
  for (const now of ["a library", "a hobbyry", "a", undefined]) {
    text.release();
    read.mockReturnValueOnce(now);
    expect(text.text).toBe(now === "a library" ? now : " ".repeat(9));
    expect(text.getLength()).toBe(9);
    if (now === "a library") expect(read).toHaveBeenCalledOnce();
  }
});

it("what is parsed of a library holds nothing of its text", () => {
  const program = compiler.project.program();
  const libraries = program.getSourceFiles().filter(({ fileName }) => fileName.includes("/node_modules/"));
  expect(libraries.length).toBeGreaterThan(100);
  for (const file of libraries)
    expect(Object.getOwnPropertyDescriptor(file, "text")?.get, file.fileName).toBeTypeOf("function");
  const errors = compiler.compile(
    'import { readFileSync } from "node:fs"; const n: number = readFileSync("a", "utf8")',
    1,
  );
  expect(errors).toMatchObject({ error: { evalue: expect.stringContaining("TS2322") } });
});
