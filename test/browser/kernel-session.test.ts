import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Notebook, SessionEvent } from "@convfuse/kernel";
import { comparableOutputs, neededProgram } from "@convfuse/lecture";
import { describe, expect, test } from "vitest";
import {
  first,
  forGood,
  forGoodInWorkers,
  hostileCells,
  hostileInWorkers,
  probe,
} from "../../packages/kernel/test/session/hostile-cells.js";
import { executeInPage, sessionInChromium, workerFile } from "../support/browser-session.js";
import { committedLessons } from "../support/lecture.js";
import { servePages } from "../support/page-server.js";
import { chromium, requirement } from "../support/requirement.js";

test("the worker's script has less than 1.6 MB when it is compressed", () => {
  expect(gzipSync(readFileSync(workerFile), { level: 9 }).length).toBeLessThan(1_600_000);
});

/** Lessons whose cells compute for long, which would take longer than all others together; every other suite that runs lessons has them. */
const long: readonly string[] = ["08-timing.ipynb", "16-training-branches.ipynb", "17-repvgg-a0.ipynb"];
const lessons = committedLessons.filter(({ name }) => !long.includes(name));

/** The lesson without the cells that need a program which no page has. */
function inPages(notebook: Notebook): Notebook {
  return { ...notebook, cells: notebook.cells.filter((cell) => neededProgram(cell) === undefined) };
}

describe.skipIf(requirement(chromium()) === null)("a session in a worker of a page from a file", () => {
  const session = sessionInChromium();

  // Both languages have the same code cells (form.test.ts), so one run is held against the outputs of both.
  test.each(lessons)("$name gives the outputs that it is committed with", async ({ english, chinese }) => {
    const executed = comparableOutputs(await executeInPage(session(), inPages(english)));
    expect(executed).toEqual(comparableOutputs(inPages(english)));
    expect(executed).toEqual(comparableOutputs(inPages(chinese)));
  });

  test("a lesson runs where the session has no file at all", async () => {
    const lesson = lessons.find(({ name }) => name.startsWith("07-"));
    if (!lesson) throw new Error("there is no lesson 7");
    const executed = await executeInPage(session(), lesson.english, "none");
    expect(comparableOutputs(executed)).toEqual(comparableOutputs(lesson.english));
  });

  /** What the cells show: of errors name and message, of results the text. */
  async function shown(codes: readonly string[]): Promise<readonly string[]> {
    const { events } = await session().execute(codes);
    return codes.map((_code, at) =>
      events
        .filter((event) => "parent" in event && event.parent === String(at))
        .map(textOf)
        .join(""),
    );
  }

  function textOf(event: SessionEvent): string {
    if (event.type === "stream") return event.text;
    if (event.type === "error") return event.traceback.join("\n");
    return "data" in event ? String((event.data as { "text/plain"?: string })["text/plain"]) : event.type;
  }

  test("what a browser cannot have is refused in a sentence", async () => {
    const [files, lodash, shell, process, required, local] = await shown([
      'import { spawn } from "node:child_process"',
      'import { chunk } from "lodash"',
      "!ls",
      "process.exit()",
      'require("path")',
      'import { a } from "./a.js"',
    ]);
    expect(files).toContain(
      "a browser has no node:child_process: a cell that needs it runs in the notebook itself",
    );
    expect(lodash).toContain('with a network: import ... from "https://esm.sh/lodash"');
    expect(shell).toContain("!ls: a browser runs no programs");
    expect(process).toContain("a browser has no process");
    expect(required).toContain("a browser has no path");
    expect(local).toContain("a notebook in a browser has no modules beside it");
  });

  test("a module by its address runs, and the checker takes what it gives for anything", async () => {
    const server = await servePages(
      "export const twice = (x) => 2 * x; export default class Counter { n = 0 }; export let count = 0; export const add = () => ++count;",
      { "/core.js": { "Access-Control-Allow-Origin": "*" } },
    );
    const address = JSON.stringify(`${server.origin}/core.js`);
    const found = await shown([
      `import Counter, { twice, add, count as counted } from ${address};`,
      "[new Counter().n, twice(4), add(), counted]",
      `import * as all from ${address}; Object.keys(all)`,
      `(await import(${address})).twice(5)`,
      `import nothing from "http://127.0.0.1:1/nothing.js"`,
      `import { thrice } from ${address}; thrice`,
    ]);
    server.close();
    expect(found.slice(0, 4)).toEqual(["", "[ 0, 8, 1, 1 ]", "[ 'add', 'count', 'default', 'twice' ]", "10"]);
    expect(found[4]).toContain("http://127.0.0.1:1/nothing.js");
    expect(found[5]).toMatch(
      /^SyntaxError: The requested module 'http.*core.js' does not provide an export named 'thrice'/,
    );
  });

  test("a promise that is shown keeps how it fails from nobody, whether it has failed or will, nor what was caught", async () => {
    const found = await shown([
      "const failed = Promise.reject(new RangeError('at once')); failed",
      "const caught = Promise.reject(1); caught.catch(() => {}); caught",
      "let fail = (_reason: unknown): void => {}; const later = new Promise((_, reject) => { fail = reject; }); later",
      "fail(new RangeError('afterwards')); await new Promise((resolve) => setTimeout(resolve, 1)); [failed, caught].length",
      "const quiet = Object.getOwnPropertySymbols(failed); quiet",
      "console.log(Promise.resolve(1))",
      // Neither is asked: one only inherits from promises, one shows more than how it ended.
      "[Object.create(Promise.prototype), Object.assign(Promise.resolve(1), { extra: 2 })]",
    ]);
    expect(found[0]).toMatch(
      /^Unhandled rejection: RangeError: at once.*Promise \{\s+<rejected> RangeError: at once/s,
    );
    expect(found[1]).toBe("Promise { <rejected> 1 }");
    expect(found[2]).toBe("Promise { <pending> }");
    expect(found.slice(2, 5).join()).not.toContain("at once");
    expect(found[3]).toMatch(/Unhandled rejection: RangeError: afterwards.*2$/s);
    expect(found[4]).toBe("[]");
    // What is printed at once has nobody who waits.
    expect(found[5]).toBe("Promise { <pending> }\n");
    expect(found[6]).toBe("[ Promise { <pending> }, Promise { <pending>, extra: 2 } ]");
  });

  test("errors have the cell's own lines", async () => {
    const [thrown] = await shown([
      "// first\nfunction fail(): never {\n  throw new RangeError('far');\n}\nfail();",
    ]);
    expect(thrown).toBe("RangeError: far\n    at fail (In [1]:3:9)\n    at In [1]:5:1");
  });

  test("an interrupt ends what waits, loops that give way, and loops that nothing else ends", async () => {
    const found = await shown([
      "let k = 0;",
      'console.log("STOP"); await new Promise(() => {});',
      'console.log("STOP"); for (;;) { k++; await new Promise((done) => setTimeout(done, 1)); }',
      'console.log("STOP"); while (true) k++;',
      "k > 1",
    ]);
    const interrupted = "STOP\nInterrupted: the cell was interrupted; its variables are kept";
    const withoutFrames = found.map((text) => text.replace(/\n {4}at .*/g, ""));
    expect(withoutFrames).toEqual(["", interrupted, interrupted, interrupted, "true"]);
  });

  test("hostile cells leave a session that goes on, with its names, and says what it has put back", async () => {
    const cells = [...hostileCells, ...hostileInWorkers];
    const { events, faults } = await session().execute(
      [first, ...cells.flatMap(({ code }) => [code, probe.code])],
      "none",
    );
    const of = (at: number) => events.filter((event) => "parent" in event && event.parent === `${at}`);
    const written = (at: number, name: "stdout" | "stderr"): string =>
      of(at)
        .map((event) => (event.type === "stream" && event.name === name ? event.text : ""))
        .join("");
    cells.forEach(({ code, fails, putBack, isLate }, n) => {
      const at = 2 * n + 1;
      const error = of(at).find(({ type }) => type === "error");
      expect(error && "ename" in error ? error.ename : undefined, code).toBe(fails);
      if (putBack === undefined)
        expect(isLate || !written(at, "stderr").includes("put back"), code).toBe(true);
      else expect(written(at, "stderr"), code).toMatch(/: put back, as the checker stands on it too$/m);
      expect(written(at, "stderr"), code).toContain(putBack ?? "");
      expect(written(at + 1, "stdout"), code).toBe(probe.stdout);
      expect(of(at + 1), code).toContainEqual(
        expect.objectContaining({ type: "execute_result", data: { "text/plain": probe.result } }),
      );
    });
    expect(new Set(faults)).toEqual(new Set([""]));
  });

  test.each([...forGood, ...forGoodInWorkers])(
    "$code cannot be undone, and every cell says so",
    async ({ code, says }) => {
      const { faults } = await session().execute([first, code, "1"], "none");
      expect(faults).toEqual(["", expect.stringContaining(says), expect.stringContaining(says)]);
    },
  );

  test("what cells replace for their own ends stays", async () => {
    const found = await shown([
      "Math.random = () => 4; Date.now = () => 5; (globalThis as any).fetch = () => 6; undefined",
      "[Math.random(), Date.now(), (fetch as any)()]",
    ]);
    expect(found).toEqual(["", "[ 4, 5, 6 ]"]);
  });
});
