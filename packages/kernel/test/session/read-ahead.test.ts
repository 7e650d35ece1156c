import { join } from "node:path";
import ts from "typescript6";
import { expect, it, vi } from "vitest";
import { CellCompiler } from "../../src/session/checker/compiler.js";
import { createRegistry } from "../../src/session/checker/program/documentation.js";
import { Libraries } from "../../src/session/checker/program/libraries.js";
import { Project } from "../../src/session/checker/program/project.js";
import { ReadAhead } from "../../src/session/checker/read-ahead.js";
import { kernelFiles } from "../../src/session/node/checker/kernel-files.js";
import { scratchFolder, writeFiles } from "../scratch.js";

const folder = scratchFolder("ahead");
const entry = join(folder, "node_modules/far/f.d.ts");
const texts = {
  "node_modules/far/package.json": '{ "name": "far", "version": "1.0.0", "types": "f.d.ts" }',
  "node_modules/far/f.d.ts":
    '/// <reference path="./more.d.ts" />\nimport { Near } from "near"; export declare const far: Near; export as namespace Far;',
  "node_modules/far/more.d.ts":
    'export {}; declare global { var distant: string; interface Array<T> { farthest(): T } } declare module "./f" { const added: 1 }',
  "node_modules/near/package.json": '{ "name": "near", "version": "1.0.0", "types": "n.d.ts" }',
  "node_modules/near/n.d.ts": "export interface Near { size: number }",
};
writeFiles(folder, texts);

function start(): {
  readonly project: Project;
  readonly parsed: () => readonly string[];
  readonly errorOf: (code: string) => string | undefined;
} {
  const registry = createRegistry(ts);
  const compiler = new CellCompiler(ts, new Project(ts, folder, kernelFiles(), registry, new Libraries(ts)));
  compiler.warm();
  const { project } = compiler;
  const set = vi.spyOn(registry.declarations, "setDocument");
  return {
    project,
    parsed: () => {
      const paths = set.mock.calls.map(([, path]) => path).filter((path) => path.includes("/node_modules/"));
      set.mockClear();
      return paths.map((path) => path.replace(/.*\//, "")).sort();
    },
    errorOf: (code) => {
      const reply = compiler.compile(code, 1);
      if (reply.ok) compiler.commit(reply.unit.key, reply.unit.declared);
      return reply.ok ? undefined : /^TS\d+/.exec(reply.error.evalue)?.[0];
    },
  };
}

function readAll(project: Project, entries: readonly string[]): ReadAhead {
  const ahead = new ReadAhead(project, entries);
  while (ahead.step());
  return ahead;
}

it("what is read ahead is parsed with what it leads to, and not again when it is imported", () => {
  const { project, parsed, errorOf } = start();
  expect(readAll(project, [entry]).isFull).toBe(false);
  expect(parsed()).toEqual(["f.d.ts", "more.d.ts", "n.d.ts"]);
  expect(errorOf('import { far, added } from "far"; far.size + added')).toBeUndefined();
  expect(parsed()).toEqual([]);
  expect(project.importedPackages()).toEqual([entry]);
});

it("what is read ahead shows in no cell before it is imported", () => {
  const { project, errorOf } = start();
  readAll(project, [entry]);
  for (const code of ["distant.length", "[1].farthest()", "let x: typeof Far.far"])
    expect(errorOf(code), code).toMatch(/^TS/);
  expect(errorOf('import { far } from "far"; far.size')).toBeUndefined();
  expect(errorOf("distant.length + [1].farthest()")).toBeUndefined();
});

it("what has changed since it was read ahead is read again", () => {
  const { project, parsed, errorOf } = start();
  readAll(project, [entry]);
  parsed();
  writeFiles(folder, { "node_modules/near/n.d.ts": "export interface Near { size: string }" });
  try {
    expect(errorOf('import { far } from "far"; far.size.toFixed()')).toBe("TS2551");
    expect(parsed()).toEqual(["n.d.ts"]);
    expect(errorOf('import { far } from "far"; far.size.toUpperCase()')).toBeUndefined();
  } finally {
    writeFiles(folder, texts);
  }
});

it("only declarations are read ahead, and no more than a session may hold in vain", () => {
  const { project, parsed } = start();
  readAll(project, [join(folder, "node_modules/none/n.d.ts"), join(folder, "own.ts"), "far"]);
  expect(parsed()).toEqual([]);
  const wide = Array.from({ length: 12_000 }, (_, n) => `export declare const c${n}: { a: 1; b: 2 };`).join(
    "\n",
  );
  const path = join(folder, "node_modules/wide/w.d.ts");
  writeFiles(folder, { "node_modules/wide/w.d.ts": wide });
  expect(readAll(project, [path, entry]).isFull).toBe(true);
  expect(parsed()).toEqual(["w.d.ts"]);
});
