import { join } from "node:path";
import ts from "typescript6";
import { afterEach, expect, it, vi } from "vitest";
import { CellCompiler } from "../../src/session/checker/compiler.js";
import { createRegistry } from "../../src/session/checker/program/documentation.js";
import { Libraries } from "../../src/session/checker/program/libraries.js";
import { Project } from "../../src/session/checker/program/project.js";
import { mostNodes, ReadAhead } from "../../src/session/checker/read-ahead.js";
import { ReadInTurns } from "../../src/session/checker/read-in-turns.js";
import { expectedImports } from "../../src/session/node/checker/expected-imports.js";
import { IdleReading } from "../../src/session/node/checker/idle-reading.js";
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
  const ahead = new ReadAhead(project, entries, mostNodes);
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
  const lines = (length: number): string =>
    Array.from({ length }, (_, n) => `export declare const c${n}: { a: 1; b: 2 };`).join("\n");
  const path = (name: string): string => join(folder, "node_modules/wide", name);
  writeFiles(folder, {
    "node_modules/wide/w.d.ts": lines(5000),
    "node_modules/wide/wider.d.ts": lines(12_000),
  });
  expect(readAll(project, [path("w.d.ts"), entry]).isFull).toBe(true);
  expect(parsed()).toEqual(["w.d.ts"]);
  // What cannot fit in is passed over.
  readAll(project, [path("wider.d.ts"), join(folder, "node_modules/near/n.d.ts")]);
  expect(parsed()).toEqual(["n.d.ts"]);
});

it("what somebody waits for is begun again, wherever it was left, and checks as if nobody had waited", () => {
  const members = Array.from(
    { length: 200 },
    (_, n) => `  readonly m${n}: [string, ...number[]];\n  readonly [Symbol.m${n}]: 1;`,
  );
  const text = (name: string): string =>
    `export interface ${name}<T> {\n${members.join("\n")}\n}\nexport declare namespace ${name} { const own: 1 }`;
  writeFiles(folder, {
    "node_modules/long/package.json": '{ "name": "long", "version": "1.0.0", "types": "l.d.ts" }',
    "node_modules/long/l.d.ts": `export * from "./m.js";\n${text("Long")}`,
    "node_modules/long/m.d.ts": text("More"),
  });
  const { project, parsed, errorOf } = start();
  const ahead = new ReadAhead(project, [join(folder, "node_modules/long/l.d.ts")], mostNodes);
  let looks = 0;
  let left = 0;
  // Each time it is left a little later, until everything was left at some place and then read.
  for (let patience = 0; ; patience++) {
    looks = 0;
    const { nodes } = ahead;
    const goesOn = ahead.step(() => looks++ === patience);
    if (!goesOn) break;
    if (ahead.nodes > nodes) patience = -1;
    else left++;
    // What was half done shows in nothing that is read next.
    expect(errorOf("const x: number = 'a'")).toBe("TS2322");
  }
  expect(left).toBeGreaterThan(30);
  parsed();
  expect(
    errorOf(
      'import { Long, More } from "long"; let l!: Long<1>; let m!: More<2>; [l?.m7[0], m?.m199[1], Long.own]',
    ),
  ).toBeUndefined();
  expect(
    errorOf('import type { Long } from "long"; let far: Long<1>["m198"] = ["a", 1]; far[0].length'),
  ).toBeUndefined();
  expect(errorOf('import type { More } from "long"; let near: More<1>["m0"] = [1]')).toBe("TS2322");
  expect(parsed()).toEqual([]);
});

it("packages are read in turns, the one next of which least was read, and one group after the other", () => {
  const names = ["first", "second", "third", "last"];
  for (const [at, name] of names.entries()) {
    const files = Array.from({ length: 5 }, (_, n) => `${name}${n}.d.ts`);
    writeFiles(folder, {
      [`node_modules/${name}/package.json`]: `{ "name": "${name}", "version": "1.0.0", "types": "${name}0.d.ts" }`,
    });
    for (const [n, file] of files.entries()) {
      const next = files[n + 1];
      writeFiles(folder, {
        [`node_modules/${name}/${file}`]:
          `${next ? `export * from "./${next.replace(".d.ts", ".js")}";` : ""}\n` +
          Array.from({ length: 10 * (at + 1) }, (_, m) => `export declare const ${name}${n}_${m}: 1;`).join(
            "\n",
          ),
      });
    }
  }
  const { project, parsed } = start();
  const order = (room: number): readonly string[] => {
    const turns = new ReadInTurns(project, [["first", "second", "none", "third"], ["last"]], room);
    const seen: string[] = [];
    while (turns.step(() => false)) seen.push(...parsed());
    return seen;
  };
  const all = order(mostNodes);
  expect(all.slice(0, 6)).toEqual(
    ["first0", "second0", "third0", "first1", "second1", "first2"].map((f) => `${f}.d.ts`),
  );
  expect(all).toHaveLength(20);
  expect(all.slice(15)).toEqual([0, 1, 2, 3, 4].map((n) => `last${n}.d.ts`));
  expect(order(0)).toEqual([]);
});

it("a session reads while nobody asks, and what its notebook and its project import", () => {
  vi.useFakeTimers();
  const steps: boolean[] = [];
  let sent = 1;
  let left = 5;
  const collect = vi.fn();
  const readAhead = vi.fn((_groups: unknown, _room: number) => ({
    step: (isAwaited: () => boolean) => {
      steps.push(isAwaited());
      return --left > 0;
    },
  }));
  const taken = (): number => 200 * 2 ** 20;
  const reading = new IdleReading({ readAhead: readAhead as never }, () => sent, taken, collect);
  expect(collect).not.toHaveBeenCalled();
  reading.pause();
  reading.goOn(folder);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersToNextTimer();
  vi.advanceTimersToNextTimer();
  expect(steps).toEqual([false, false]);
  sent++;
  vi.advanceTimersToNextTimer();
  expect(steps).toEqual([false, false, true]);
  reading.pause();
  expect(vi.getTimerCount()).toBe(0);
  reading.goOn(folder);
  vi.runAllTimers();
  expect(steps).toEqual([false, false, true, false, false]);
  reading.pause();
  reading.goOn(folder);
  expect(vi.getTimerCount()).toBe(0);
  expect(readAhead).toHaveBeenCalledTimes(1);
  // As much as is missing from 212 MiB, at 600 bytes a node.
  expect(readAhead.mock.calls[0]?.[1]).toBe(20_971);
  expect(collect).toHaveBeenCalledTimes(1);

  const notebook = join(folder, "a.ipynb");
  const source = [
    "import * as f from 'far';\n",
    'import { Near } from "near/deep";\n',
    "await import(`@own/x`)",
  ];
  writeFiles(folder, {
    "a.ipynb": JSON.stringify({ cells: [{ cell_type: "code", source }] }, null, 1),
    "package.json":
      '{ "dependencies": { "lodash": "1" }, "devDependencies": { "@types/lodash": "1", "vite": "1" } }',
  });
  const expected = (name: string): readonly (readonly string[])[] => {
    vi.stubEnv("JPY_SESSION_NAME", name);
    return [...expectedImports(folder)];
  };
  expect(expected(notebook)).toEqual([
    ["far", "near/deep", "@own/x"],
    ["lodash", "vite"],
  ]);
  expect(expected(folder)).toEqual([[], ["lodash", "vite"]]);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});
