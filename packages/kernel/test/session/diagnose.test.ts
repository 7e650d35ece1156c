import { createSession, type Session } from "@convfuse/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scratchProject } from "./scratch-project.js";

let session: Session;
const project = scratchProject();
const errors: string[] = [];
let count = 0;

beforeAll(async () => {
  session = await createSession({
    cwd: project.app,
    onEvent: (event) => {
      if (event.type === "error") errors.push(event.evalue);
    },
  });
  await run('const known = [1, 2, 3]; let word = "a";');
}, 120_000);
afterAll(() => session.shutdown());

async function run(code: string): Promise<string> {
  count++;
  return (await session.execute({ id: `${count}`, code, executionCount: count })).status;
}

/** Each error's code with the text that it is about. */
async function found(code: string, pending?: readonly string[]): Promise<readonly string[] | undefined> {
  const characters = [...code];
  const all = await session.diagnose(code, pending);
  return all?.map(({ code: name, start, end }) => `${name} ${characters.slice(start, end).join("")}`);
}

describe("errors of a cell that has not run", () => {
  it.each<readonly [string, readonly string[]]>([
    ["known.length + word.length", []],
    ["const n: string = known[0] ?? 0;", ["TS2322 n"]],
    ["/* 😀 */ word = 1; known = []", ["TS2322 word", "TS2588 known"]],
    ["nothingOfTheKind", ["TS2304 nothingOfTheKind"]],
    ["const a = ;", ["TS1109 ;"]],
    ["if (known) {", ["TS1005 "]],
    ["%%time\nword = known", ["TS2322 word"]],
    ["{ a: 1, b: nowhere }", ["TS2304 nowhere"]],
    ['import { x } from "absent-package"; x', ['TS2307 "absent-package"']],
    ["", []],
  ])("%j", async (code, expected) => expect(await found(code)).toEqual(expected));

  it("have the words that a run of the cell shows, and what can be done", async () => {
    const code = 'import { x } from "absent-package";\nx';
    const [diagnosis] = (await session.diagnose(code)) ?? [];
    expect(diagnosis?.message).toMatch(/^Cannot find module 'absent-package'.*\n.*absent-package/);
    await run(code);
    expect(errors.at(-1)).toContain(diagnosis?.message.split("\n")[0]);
  });

  it("change nothing of what cells have declared, however often they are asked for", async () => {
    for (let n = 0; n < 250; n++)
      expect(await found(`const later${n} = known.map((x) => x + ${n});`)).toEqual([]);
    expect(await found("later0")).toEqual(["TS2304 later0"]);
    expect(await found("declare global { interface Array<T> { everywhere: T } }\nexport {};")).toEqual([]);
    expect(await found("known.everywhere")).toEqual(["TS2339 everywhere"]);
    expect(await run("known.length; word")).toBe("ok");
  });

  it("leave out what cells will declare that have not run yet, and what follows from not knowing it", async () => {
    const pending = [
      "%%time\nfunction layer(x: number) { return [x]; }",
      'import { readFileSync } from "node:fs"; type T = 1',
    ];
    expect(await found("layer(1).map((y) => y + 1); readFileSync; const t: T = 1")).toEqual([
      "TS2304 layer",
      "TS7006 y",
      "TS2304 readFileSync",
      "TS2304 T",
    ]);
    const code = 'layer(1).map((y) => y + 1); readFileSync; const t: T = 1; const wrong: number = "";';
    expect(await found(code, pending)).toEqual(["TS2322 wrong"]);
    expect(await found("const f = (y) => y; layers", pending)).toEqual(["TS7006 y", "TS2304 layers"]);
  });

  it("are answered after what was asked later, and not at all while a cell runs", async () => {
    const order: string[] = [];
    const diagnosed = session.diagnose("known").then(() => order.push("diagnose"));
    const completed = session.complete("kno", 3).then(() => order.push("complete"));
    await Promise.all([diagnosed, completed]);
    expect(order).toEqual(["complete", "diagnose"]);
    const running = run(
      "let go = () => {}; const waited = new Promise<void>((done) => { go = done; }); await waited;",
    );
    expect(await session.diagnose("known")).toBeUndefined();
    session.interrupt();
    await running;
    expect(await session.diagnose("known")).toEqual([]);
  });
});
