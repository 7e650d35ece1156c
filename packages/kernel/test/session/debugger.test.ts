import { createSession, type Session, type SessionEvent } from "@convfuse/kernel";
import { afterEach, beforeEach, expect, it } from "vitest";
import { scratchFolder } from "../scratch.js";

// What a client sees of each request stands in test/jupyter; here are the rules that it all stands on.

type Body = { readonly [name: string]: never };

const stop = "stopped";
let session: Session;
let count = 0;
let events: SessionEvent[] = [];
let onStop: (() => void)[] = [];

async function ask(command: string, args: { readonly [name: string]: unknown } = {}): Promise<Body> {
  const reply = await session.debug?.(command, args as never);
  if (!reply?.success) throw new Error(`${command}: ${reply?.message}`);
  return reply.body as Body;
}

beforeEach(async () => {
  events = [];
  onStop = [];
  session = await createSession({
    cwd: scratchFolder("debugger"),
    onEvent: (event) => {
      events.push(event);
      if (event.type === "debug" && event.event === stop) onStop.shift()?.();
    },
  });
  await ask("initialize");
  await ask("attach");
}, 60_000);
afterEach(() => session.shutdown());

function run(code: string): Promise<{ readonly status: string }> {
  return session.execute({ id: `cell-${++count}`, code, executionCount: count });
}

function stopped(): Promise<void> {
  return new Promise((resolve) => onStop.push(resolve));
}

/** Sets breakpoints in a cell; the lines where they are. */
async function set(code: string, ...breakpoints: readonly object[]): Promise<readonly number[]> {
  const { sourcePath } = await ask("dumpCell", { code });
  const placed = await ask("setBreakpoints", { source: { path: sourcePath }, breakpoints });
  await ask("configurationDone");
  return (placed.breakpoints as unknown as readonly { readonly line: number }[]).map(({ line }) => line);
}

async function go(command: string): Promise<readonly string[]> {
  const next = stopped();
  await ask(command, { threadId: 1 });
  await next;
  return place();
}

/** Where the program has stopped, the innermost first. */
async function place(): Promise<readonly string[]> {
  const { stackFrames } = await ask("stackTrace", { threadId: 1 });
  return (stackFrames as unknown as readonly { readonly name: string; readonly line: number }[]).map(
    ({ name, line }) => `${name.startsWith("cell_") ? "cell" : name} ${line}`,
  );
}

async function finish(cell: Promise<{ readonly status: string }>): Promise<void> {
  await ask("continue", { threadId: 1 });
  expect((await cell).status).toBe("ok");
}

const steps = `// nothing stops here
type Nothing = { a: 1 };
let sum = 0;
function add(n: number) {
  sum += n;
  return sum;
}
for (const n of [1, 2, 3]) add(n);
add(10);
sum`;

it("a breakpoint moves down to a line that something stops at, and steps follow the text", async () => {
  expect(await set(steps, { line: 2 }, { line: 9 })).toEqual([3, 9]);
  const first = stopped();
  const cell = run(steps);
  await first;
  expect(await place()).toEqual(["cell 3"]);
  expect(await go("continue")).toEqual(["cell 9"]);
  expect(await go("stepIn")).toEqual(["add 5", "cell 9"]);
  expect(await go("next")).toEqual(["add 6", "cell 9"]);
  expect(await go("stepOut")).toEqual(["cell 10"]);
  await finish(cell);
});

it("a condition decides, each frame has its own names, and breakpoints that are taken away stop nothing", async () => {
  const code =
    "let seen = 0;\nfunction look(i: number) {\n  seen += i;\n}\nfor (let i = 0; i < 9; i++) look(i);\nseen";
  expect(await set(code, { line: 3, condition: "i === 7 && seen > 1" })).toEqual([3]);
  const first = stopped();
  const cell = run(code);
  await first;
  const evaluate = async (expression: string, frameId: number): Promise<unknown> =>
    (await ask("evaluate", { expression, frameId })).result;
  expect(await evaluate("[i, seen] as number[]", 1)).toBe("[ 7, 21 ]");
  expect(await evaluate("i + 1", 2)).toBe("8");
  expect(await evaluate("seen = 100", 1)).toBe("100");
  expect(await set(code)).toEqual([]);
  await finish(cell);
  expect((await run("if (seen !== 115) throw seen")).status).toBe("ok");
  expect((await run(code)).status).toBe("ok");
  expect(events.filter((event) => event.type === "debug" && event.event === stop)).toHaveLength(1);
});

it("an interrupt ends what has stopped, and a disconnect lets it go on", async () => {
  const first = stopped();
  const cell = run("debugger;\nlet after = 1;");
  await first;
  session.interrupt();
  expect((await cell).status).toBe("error");
  const second = stopped();
  const other = run("debugger;\nconst kept = 2;");
  await second;
  await ask("disconnect", { restart: false, terminateDebuggee: false });
  expect((await other).status).toBe("ok");
  expect((await run("debugger;\nif (kept !== 2) throw kept")).status).toBe("ok");
});

it("a session that was debugged ends without a word", async () => {
  await run("let a = 1");
  await session.shutdown();
  expect(events.filter(({ type }) => type === "stream")).toEqual([]);
});
