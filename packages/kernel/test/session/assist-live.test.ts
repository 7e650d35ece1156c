import { rmSync } from "node:fs";
import { join } from "node:path";
import { createSession, type Session, type SessionEvent } from "@convfuse/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeFiles } from "../scratch.js";
import { scratchProject } from "./scratch-project.js";

let session: Session;
const project = scratchProject();
let events: SessionEvent[] = [];
let count = 0;

/** Packages whose names are looked for, and one without types. */
const packages = {
  "package.json":
    '{ "name": "app", "dependencies": { "shapes": "1", "whole-thing": "1", "bare": "1", "@my/kit": "1", "absent": "1" } }',
  "node_modules/shapes/package.json":
    '{ "name": "shapes", "version": "1.0.0", "main": "i.js", "types": "i.d.ts" }',
  "node_modules/shapes/i.js": "exports.circleArea = (r) => r; exports.squareArea = (a) => a * a;",
  "node_modules/shapes/i.d.ts":
    'export * from "./deep"; export interface CircleOptions { r: number } export type { CircleOptions as circleType } from "./i"; export { squareArea as squareSurface } from "./deep";',
  "node_modules/shapes/deep.d.ts":
    "export declare function circleArea(r: number): number; export declare const squareArea: (a: number) => number; export declare class CircleBox {}",
  "node_modules/whole-thing/package.json":
    '{ "name": "whole-thing", "version": "1.0.0", "main": "i.js", "types": "i.d.ts" }',
  "node_modules/whole-thing/i.js": "module.exports = { chunkUp: (n) => n };",
  "node_modules/whole-thing/i.d.ts":
    '/// <reference path="./more.d.ts" />\nexport = whole; declare const whole: whole.Whole; declare namespace whole { interface Whole { chunkUp(n: number): number } }',
  "node_modules/whole-thing/more.d.ts":
    'import whole = require("./i"); declare module "./i" { interface Whole { chunkDown(n: number): number } }',
  "node_modules/bare/package.json": '{ "name": "bare", "version": "1.0.0", "main": "i.js" }',
  "node_modules/bare/i.js": "exports.each = (f) => f(1); exports.answer = 42;",
  "node_modules/@my/kit/package.json":
    '{ "name": "@my/kit", "version": "2.1.0", "main": "i.js", "types": "i.d.ts" }',
  "node_modules/@my/kit/i.js": "module.exports = class Kit {}; module.exports.version = 2;",
  "node_modules/@my/kit/i.d.ts": "export default class Kit {} export declare const version: number;",
};

beforeAll(async () => {
  writeFiles(project.app, packages);
  session = await createSession({ cwd: project.app, onEvent: (event) => events.push(event) });
  await run(`const data = JSON.parse('{ "alpha": 1, "beta": { "gamma x": [{ "eps": 1 }], "delta": "text" } }');
    let ran = 0;
    class Base { inherited() {} get computedByClass() { ran++; return { hidden: 1 } } }
    class Thing extends Base { own = 1 }
    const list: any[] = [{ one: 1, get two() { ran++; return { three: 3 } } }, new Thing(), new Proxy({ four: 4 }, { ownKeys() { ran++; return [] } })];
    const counts: Record<string, number> = { apples: 1, pears: 2 };
    const large: any = { bytes: new Uint8Array(1e7), words: Object.fromEntries(Array.from({ length: 5000 }, (_, n) => ["w" + n, n])) };`);
}, 120_000);
afterAll(() => session.shutdown());

async function run(code: string): Promise<unknown> {
  events = [];
  await session.execute({ id: `cell-${++count}`, code, executionCount: count });
  const [shown] = events.flatMap((event) =>
    event.type === "execute_result"
      ? [event.data["text/plain"]]
      : event.type === "error"
        ? [event.evalue]
        : [],
  );
  return shown;
}

/** The line of an error that says what to do. */
async function hint(code: string): Promise<string | undefined> {
  await run(code);
  const lines = events.flatMap((event) => (event.type === "error" ? event.traceback : []));
  return lines.find((line) => / \| .*run "/.test(line))?.replace(/^ *\| /, "");
}

async function complete(code: string): Promise<readonly string[]> {
  return (await session.complete(code, [...code].length)).matches;
}

describe("completion of what only the running program knows", () => {
  it.each<readonly [string, readonly string[]]>([
    ["data.", ["alpha", "beta"]],
    ["data.be", ["beta"]],
    ["data?.beta.", ["delta"]],
    ['data.beta["gamma', ["gamma x"]],
    ['data["beta"]["gamma x"][0].', ["eps"]],
    ["list[0].", ["one", "two"]],
    ["list[1]!.", ["own", "inherited", "computedByClass"]],
    ["counts.", ["apples", "pears"]],
    ['counts["p', ["pears"]],
    ["(data as any).al", ["alpha"]],
    ["process.env.PAT", ["PATH"]],
    ["const local: any = { a: 1 }; local.", []],
    ["{ const data: any = 1; data.", []],
    ["data.nothing.", []],
    ["list[0].two.", []],
    ["list[1].computedByClass.", []],
    ["list[2].", []],
    ["nobody.", []],
    ["data[counts.apples].", []],
    ["JSON.parse('{}').", []],
  ])("%s", async (code, expected) => {
    await expect.poll(() => complete(code)).toEqual(expected);
    expect(await run("ran")).toBe("0");
  });

  it("of text and lists are their methods, and of much data not all", async () => {
    expect(await complete("data.beta.delta.toUpp")).toEqual(["toUpperCase"]);
    expect(await complete("list.at(0)?.")).toEqual([]);
    expect((await complete("large.bytes.")).slice(0, 3)).not.toContain("0");
    expect(await complete("large.words.")).toHaveLength(1000);
    expect(await complete("large.words.w4999")).toEqual(["w4999"]);
  });

  it("of a million names, which are listed once until a cell runs", async () => {
    await run(
      "const million: any = {}; let asked = 0; for (let n = 0; n < 1e6; n++) million['m' + n] = n; Object.defineProperty(million, 'made', { get: () => ++asked })",
    );
    // The first listing may take longer than a completion waits for it.
    await expect.poll(() => complete("million.m99999"), { timeout: 30_000 }).toContain("m999999");
    expect(await complete("million.ma")).toEqual(["made"]);
    expect(await run("million.magic = 1; asked")).toBe("0");
    await expect.poll(() => complete("million.mag"), { timeout: 30_000 }).toEqual(["magic"]);
  });

  it("replaces the name in its quotes", async () => {
    const code = 'data.beta["gam"]';
    expect(await session.complete(code, code.length - 2)).toMatchObject({
      matches: ["gamma x"],
      cursorStart: 11,
      cursorEnd: 14,
    });
  });

  it("does not wait for a cell that computes", async () => {
    const started = new Promise<void>((resolve) => {
      const look = setInterval(() => {
        if (!events.some((event) => event.type === "stream")) return;
        clearInterval(look);
        resolve();
      }, 1);
    });
    const running = run('console.log("on"); while (true) {}');
    await started;
    expect(await complete("data.")).toEqual([]);
    session.interrupt();
    expect(await running).toContain("interrupted");
    await expect.poll(() => complete("data.")).toEqual(["alpha", "beta"]);
  });
});

describe("lines that are not TypeScript", () => {
  it.each<readonly [string, readonly string[]]>([
    ["%", ["%cd", "%env", "%%time", "%%html"]],
    ["1;\n  %e", ["%env"]],
    ["%%t", ["%%time"]],
    ["!ls data", []],
    ["%cd proc", []],
    ["!npm install x\ndata.be", ["beta"]],
    ["%%time\ndata.be", ["beta"]],
    ["%%html\n<b>data.be", []],
  ])("%s", async (code, expected) => {
    await expect.poll(() => complete(code)).toEqual(expected);
  });

  it.each([
    ["!npm install x", "complete"],
    ["%cd ..\n[1,", "incomplete"],
    ["%%html\n<b>", "complete"],
    ["!npm install x\n)", "invalid"],
  ])("%s is %s", async (code, status) => expect(await session.isComplete(code)).toMatchObject({ status }));
});

describe("a name that nothing in scope begins with comes with its import", () => {
  it.each<readonly [string, readonly string[]]>([
    ["circleA", ['import { circleArea } from "shapes";\ncircleArea']],
    ["1;\nconst a = [squareS", ['import { squareSurface } from "shapes";\nconst a = [squareSurface']],
    ["new CircleB", ['import { CircleBox } from "shapes";\nnew CircleBox']],
    ["circleT", []],
    ["CircleO", []],
    [
      "chunk",
      [
        'import { chunkUp } from "whole-thing";\nchunkUp',
        'import { chunkDown } from "whole-thing";\nchunkDown',
      ],
    ],
    ["wholeTh", ['import wholeThing from "whole-thing";\nwholeThing']],
    ["kit", ['import kit from "@my/kit";\nkit']],
    ["readFileSyn", ['import { readFileSync } from "node:fs";\nreadFileSync']],
    ["data.circleA", []],
    ["'circleA", []],
  ])("%s", async (code, expected) => {
    // Reading the packages is cut into pieces.
    await expect.poll(() => complete(code), { timeout: 20_000 }).toEqual(expected);
  });

  it("and runs when it is taken", async () => {
    const code = "1;\nconst area = circleA";
    const { matches, cursorStart, cursorEnd } = await session.complete(code, code.length);
    expect(await run(`${code.slice(0, cursorStart)}${matches[0]}${code.slice(cursorEnd)}(3); area`)).toBe(
      "3",
    );
    expect(await complete("circleA")).toEqual(["circleArea"]);
  });

  it("of a package that was installed since", async () => {
    expect(await complete("lateN")).toEqual([]);
    writeFiles(project.app, {
      "node_modules/absent/package.json": '{ "name": "absent", "types": "i.d.ts" }',
      "node_modules/absent/i.d.ts": "export declare const lateName: number;",
    });
    expect(await complete("lateN")).toEqual(['import { lateName } from "absent";\nlateName']);
  });
});

describe("a missing package says what to type", () => {
  it.each([
    ['import a from "nowhere"', "nowhere"],
    ['import a from "nowhere/deep/file.js"', "nowhere"],
    ['import "nowhere"', "nowhere"],
    ['import a from "@scope/name/deep"', "@scope/name"],
    ['import a from "npm:nowhere@^2.0.0"', "nowhere@^2.0.0"],
    ['type A = import("nowhere").A', "nowhere"],
  ])("%s", async (code, wanted) =>
    expect(await hint(code)).toBe(`run "npm install ${wanted}" in ${project.app}`),
  );

  it.each([
    'import a from "./nowhere"',
    'import a from "node:nowhere"',
    'import a from "shapes/nowhere"',
    'import a from "#nowhere"',
    'import a from "https://example.com/a.js"',
  ])("not %s", async (code) => {
    expect(await hint(code)).toBeUndefined();
    expect(await run(code)).toContain("Cannot find module");
  });

  it("when it is only looked for as the cell runs", async () => {
    const shown = `: run "npm install nowhere" in ${project.app}`;
    expect(await run('await import("now" + "here")')).toContain(shown);
    expect(await run('require("nowhere")')).toContain(shown);
  });

  it("and so do types, where without them something is any", async () => {
    expect(await hint('import { each } from "bare"; each((x) => x)')).toBe(
      `bare has no types: run "npm install -D @types/bare" in ${project.app}`,
    );
    expect(await run('import { answer } from "bare"; answer')).toBe("42");
  });

  it("in the words of the project's own package manager", async () => {
    writeFiles(project.root, { "app/pnpm-lock.yaml": "" });
    expect(await hint('import a from "nowhere"')).toBe(`run "pnpm add nowhere" in ${project.app}`);
    rmSync(join(project.app, "pnpm-lock.yaml"));
  });
});

describe("npm: leads to what is installed", () => {
  it.each([
    ['import { circleArea as area2 } from "npm:shapes@1.0.0"; area2(2)', "2"],
    ['import kit2, { version } from "npm:@my/kit@2"; version', "2"],
    ['(await import("npm:shapes")).circleArea(5)', "5"],
    ['const specifier = "npm:shapes@1"; (await import(specifier)).circleArea(6)', "6"],
    ['require("npm:shapes").circleArea(7)', "7"],
  ])("%s", async (code, expected) => expect(await run(code)).toBe(expected));
});
