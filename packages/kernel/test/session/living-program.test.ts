import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript6";
import { beforeAll, expect, it } from "vitest";
import { CellCompiler } from "../../src/session/checker/compiler.js";
import { createRegistry } from "../../src/session/checker/program/documentation.js";
import {
  type BoundFile,
  bind,
  importReason,
  type OpenProgram,
} from "../../src/session/checker/program/internals.js";
import { Libraries } from "../../src/session/checker/program/libraries.js";
import { compilerOptions } from "../../src/session/checker/program/options.js";
import { Project } from "../../src/session/checker/program/project.js";
import { kernelFiles } from "../../src/session/node/checker/kernel-files.js";
import type { CompileReply } from "../../src/session/unit.js";
import { scratchFolder } from "../scratch.js";

interface Step {
  readonly code: string;
  /** Files to write first. */
  readonly files?: { readonly [path: string]: string };
  /** The first error's code; none where the cell is right. */
  readonly error?: number;
  /** The names that its run got to, where it failed on its way. */
  readonly reached?: readonly string[];
}

/** Each in the surroundings that those before it made. */
const steps: readonly Step[] = [
  { code: "const a = 1; let b: number[] = [a]" },
  { code: "b.push('x')", error: 2345 },
  { code: "const a = 'text'; a.length" },
  { code: "a.toFixed()", error: 2551 },
  { code: "interface Point { x: number; y: number } class Place implements Point { x = 1; y = 2; #z = 3 }" },
  { code: "function pair<A, B extends keyof A>(a: A, b: B): [A, B] { return [a, b] }" },
  { code: "const held = pair(new Place(), 'x'); held[0].y" },
  { code: "pair(new Place(), 'z')", error: 2345 },
  { code: "class Place { name = 'other' } held[0].y + new Place().name.length" },
  { code: "const swapped: Place = held[0]", error: 2741 },
  { code: "const made = () => { class Hidden { k = 1 } return new Hidden() }; const hidden = made()" },
  { code: "hidden.k + 1" },
  { code: "hidden.j", error: 2339 },
  {
    code: "enum Colour { Red, Green = 'g' } namespace Space { export type T = Colour.Red; export const t = 5 }",
  },
  { code: "const red: Space.T = Colour.Red; Space.t" },
  { code: "const green: Space.T = Colour.Green", error: 2322 },
  { code: "Array.prototype.upside", error: 2339 },
  // Not run: what it would have added is not there.
  {
    code: "declare global { interface Array<T> { upside(): T[] } } const wrong: number = 'x'",
    error: 2322,
  },
  { code: "[1].upside()", error: 2339 },
  { code: "declare global { interface Array<T> { upside(): T[] } } const right = 1" },
  { code: "const up = [1].upside(); right + 1" },
  { code: "[1].downside()", error: 2339 },
  { code: "import { readFileSync } from 'node:fs'; const read = readFileSync('x', 'utf8')" },
  { code: "readFileSync(read).byteLength + 1" },
  { code: "import { own } from './own'; own + 1", files: { "own.ts": "export const own: number = 1;" } },
  { code: "own.toFixed()" },
  { code: "own.length", files: { "own.ts": "export const own: string = '';" } },
  { code: "own.toPrecision()", error: 2339 },
  { code: "import { none } from './own'", error: 2305 },
  { code: "import missing from 'missing-package'", error: 2307 },
  { code: "import { tall } from 'tall'; import { soon } from './soon'", error: 2307 },
  { code: "import { soon } from './soon'; soon", files: { "soon.ts": "export const soon = 1;" } },
  {
    code: "import { tall } from 'tall'; tall.height",
    files: {
      "node_modules/tall/package.json": '{ "name": "tall", "types": "t.d.ts", "main": "t.js" }',
      "node_modules/tall/t.d.ts":
        "export declare const tall: { height: number }; declare global { var giant: string }",
      "node_modules/tall/t.js": "exports.tall = { height: 3 }",
    },
  },
  { code: "giant.length + tall.height" },
  {
    code: "import whole, { part, type Ring } from 'wide'; const ring: Ring = part(whole); ring.next",
    files: {
      "node_modules/wide/package.json":
        '{ "name": "wide", "version": "1.0.0", "type": "module", "exports": { ".": { "types": "./w.d.ts" }, "./more": { "types": "./more.d.ts" } } }',
      "node_modules/wide/w.d.ts":
        "import { Ring } from './ring.js'; export * from './ring.js'; declare const w: { a: 1 }; export default w; export declare function part(of: typeof w): Ring;",
      "node_modules/wide/ring.d.ts":
        "import type { part } from './w.js'; export interface Ring { next: Ring | undefined; made: typeof part }",
      "node_modules/wide/more.d.ts":
        "import type { Ring } from 'wide'; export declare class Own { #secret: 1; ring: Ring }",
    },
  },
  { code: "ring.next = 'x'", error: 2322 },
  { code: "import * as all from 'wide'; all.part(all.default).made(all.default).nothing", error: 2339 },
  { code: "import { Own } from 'wide/more'; const mine = new Own(); mine.ring = ring" },
  {
    // One package at two places: the program takes them for one.
    code: "import { Twin } from 'twin'; import { Twin as Other } from 'holder'; new Twin() satisfies Other",
    files: {
      "node_modules/twin/package.json": '{ "name": "twin", "version": "1.0.0", "types": "t.d.ts" }',
      "node_modules/twin/t.d.ts": "export declare class Twin { #secret: 1 }",
      "node_modules/holder/package.json": '{ "name": "holder", "version": "1.0.0", "types": "h.d.ts" }',
      "node_modules/holder/h.d.ts": "export { Twin } from 'twin';",
      "node_modules/holder/node_modules/twin/package.json":
        '{ "name": "twin", "version": "1.0.0", "types": "t.d.ts" }',
      "node_modules/holder/node_modules/twin/t.d.ts": "export declare class Twin { #secret: 1 }",
    },
  },
  {
    code: "import common = require('common'); common(1).toFixed()",
    files: {
      "node_modules/common/package.json": '{ "name": "common", "types": "c.d.ts" }',
      "node_modules/common/c.d.ts":
        "declare function common(x: common.X): number; declare namespace common { type X = 1 } export = common",
    },
  },
  { code: "common(2)", error: 2345 },
  {
    code: "import umd from 'umd'; umd.version",
    files: {
      "node_modules/umd/package.json": '{ "name": "umd", "types": "u.d.ts" }',
      "node_modules/umd/u.d.ts":
        "export as namespace Umd; declare const u: { version: string }; export default u;",
    },
  },
  { code: "let later: typeof Umd.default | undefined", error: 2686 },
  {
    code: "import { bare } from 'bare'; bare",
    files: {
      "node_modules/bare/package.json": '{ "name": "bare", "main": "b.js" }',
      "node_modules/bare/b.js": "exports.bare = 1",
    },
  },
  { code: "const x1 = 1; throw x1; const x2 = 2", reached: ["x1"] },
  { code: "x1 + x2", error: 2304 },
  { code: "using open = { [Symbol.dispose]() {} }; await null; export { open as shut }" },
  { code: "type Deep<T> = T extends [infer H, ...infer R] ? [H, ...Deep<R>] : []; let deep!: Deep<[1, 2]>" },
  { code: "const four: Deep<[1]> = [1, 2]", error: 2322 },
  { code: "/// <reference lib='dom' />\ndocument.title" },
  { code: "document.title", error: 2584 },
];

const folder = scratchFolder("living");
/** The kernel's way. */
let living: CellCompiler;
/** A new checker for every cell. */
let fresh: CellCompiler;

function write(files: Step["files"] = {}): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

beforeAll(() => {
  const registry = createRegistry(ts);
  const libraries = new Libraries(ts);
  const startIn = (cwd: string): CellCompiler => {
    const compiler = new CellCompiler(ts, new Project(ts, cwd, kernelFiles(), registry, libraries));
    compiler.warm();
    return compiler;
  };
  living = startIn(import.meta.dirname);
  expect(living.project.moveTo(folder)).toBe(true);
  fresh = startIn(folder);
}, 60_000);

function run(compiler: CellCompiler, { code, reached }: Step, index: number): CompileReply {
  const reply = compiler.compile(code, index);
  if (reply.ok) compiler.commit(reply.unit.key, reached ?? reply.unit.declared);
  return reply;
}

/** The file that a position map names is read by nobody. */
function comparable(reply: CompileReply): CompileReply {
  if (!reply.ok) return reply;
  const { unit } = reply;
  const sourceMap = unit.map.sourceMap.replace(/\[cell(-\d+)?\]/g, "[cell]");
  return { ok: true, unit: { ...unit, map: { ...unit.map, sourceMap } } };
}

it.each(steps.map((step, index) => ({ ...step, step, index })))(
  "a living checker and a new one say the same: $code",
  ({ step, index }) => {
    write(step.files);
    const reply = run(living, step, index);
    fresh.project.abandon();
    expect(comparable(reply)).toEqual(comparable(run(fresh, step, index)));
    const code = reply.ok ? undefined : Number(/^TS(\d+)/.exec(reply.error.evalue)?.[1]);
    expect(code, reply.ok ? "" : reply.error.evalue).toBe(step.error);
  },
);

it("one checker serves many cells", () => {
  const checkerAfter = (code: string): ts.TypeChecker => {
    run(living, { code }, 1);
    return living.project.program().getTypeChecker();
  };
  const first = checkerAfter("const n = 1");
  expect(checkerAfter("function twice<T>(x: T): [T, T] { return [x, x] }")).toBe(first);
  expect(checkerAfter("twice(n)[0] + 1")).toBe(first);
  expect(checkerAfter("twice(m)")).toBe(first);
  const types = "export interface Fine { n: number }";
  write({
    "node_modules/fine/package.json": '{ "name": "fine", "types": "f.d.ts" }',
    "node_modules/fine/f.d.ts": "export * from './sub'",
    "node_modules/fine/sub.d.ts": types,
  });
  expect(checkerAfter("import type { Fine } from 'fine'; const fine: Fine = { n }")).toBe(first);
});

it("the pinned TypeScript has what a living program takes from its inside", () => {
  const options = { ...compilerOptions(ts), noLib: true, types: [] };
  const texts: { readonly [name: string]: string } = {
    "/a.ts": "import './b'; declare global { var c: number } export const a = import('./b')",
    "/b.ts": "export const b = 1",
    "/late.ts": "import { b } from './b'; export const late: string = b",
  };
  const program = ts.createProgram(["/a.ts"], options, {
    ...ts.createCompilerHost(options),
    getSourceFile: (name, version) => {
      const text = texts[name];
      return text === undefined ? undefined : ts.createSourceFile(name, text, version, true);
    },
    fileExists: (name) => name in texts,
  }) as OpenProgram;
  const a = program.getSourceFile("/a.ts") as BoundFile;
  expect(a.nodeCount).toBeGreaterThan(10);
  const b = program.getSourceFile("/b.ts") as BoundFile;
  expect(a.imports.map(({ text }) => text)).toEqual(["./b", "./b"]);
  expect(a.moduleAugmentations).toHaveLength(1);
  expect(a.externalModuleIndicator).toBeDefined();
  expect(program.getResolvedModule(a, "./b", ts.ModuleKind.ESNext)?.resolvedModule?.resolvedFileName).toBe(
    "/b.ts",
  );

  const places: (string | undefined)[] = [];
  program.forEachResolvedModule(({ resolvedModule }) => places.push(resolvedModule?.resolvedFileName));
  expect(new Set(places)).toEqual(new Set(["/b.ts"]));

  expect(program.getFileIncludeReasons().get(b.path)).toEqual([
    { kind: importReason, file: a.path, index: 0 },
    { kind: importReason, file: a.path, index: 1 },
  ]);

  const checker = program.getTypeChecker();
  const late = ts.createSourceFile("/late.ts", texts["/late.ts"] ?? "", ts.ScriptTarget.ESNext) as BoundFile;
  const { getResolvedModule } = program;
  Object.assign(late, { path: "/late.ts", imports: [], moduleAugmentations: [] });
  program.getResolvedModule = (file, name, mode) => getResolvedModule(file === late ? a : file, name, mode);
  bind(ts, late, options);
  expect(late.symbol).toBeDefined();
  expect(program.getSemanticDiagnostics(late).map(({ code }) => code)).toEqual([2322]);
  expect(program.getTypeChecker()).toBe(checker);
  expect(checker.getSymbolAtLocation(b)?.exports?.size).toBe(1);
  let emitted = "";
  program.emit(late, (name, text) => {
    if (name.endsWith(".js")) emitted = text;
  });
  expect(emitted).toContain("export const late = b;");
});

it("goes to no folder that sees other libraries", () => {
  const elsewhere = join(folder, "elsewhere");
  const types = join(elsewhere, "node_modules/@types/node");
  mkdirSync(types, { recursive: true });
  writeFileSync(join(types, "package.json"), '{ "name": "@types/node", "types": "index.d.ts" }');
  writeFileSync(join(types, "index.d.ts"), "declare var own: string;");
  expect(living.project.moveTo(elsewhere)).toBe(false);
  expect(living.project.cwd).toBe(folder);
});
