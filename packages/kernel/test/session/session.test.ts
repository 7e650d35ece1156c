import { createSession, type ExecuteReply, type Session, type SessionEvent } from "@convfuse/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scratchFolder } from "../scratch.js";

const folder = scratchFolder("session");
let session: Session;
let events: SessionEvent[] = [];
let count = 0;
let onEvent: (event: SessionEvent) => void = () => {};

beforeAll(async () => {
  session = await createSession({
    cwd: folder,
    onEvent: (event) => {
      events.push(event);
      onEvent(event);
    },
  });
}, 60_000);
afterAll(async () => {
  await session.shutdown();
});

function execute(
  code: string,
  more: { silent?: boolean; userExpressions?: { [name: string]: string } } = {},
) {
  events = [];
  count++;
  return session.execute({ id: `cell-${count}`, code, executionCount: count, ...more });
}

/** Resolves with the first event that `isIt` accepts. */
function seen(isIt: (event: SessionEvent) => boolean): Promise<SessionEvent> {
  return new Promise((resolve) => {
    onEvent = (event) => {
      if (isIt(event)) resolve(event);
    };
  });
}

function printed(text: string): Promise<SessionEvent> {
  return seen((event) => event.type === "stream" && event.text.includes(text));
}

function results(): unknown[] {
  return events.flatMap((event) => (event.type === "execute_result" ? [event.data["text/plain"]] : []));
}

describe("interrupt", () => {
  const endless: readonly string[] = [
    "while (true) {}",
    "do {} while (true)",
    "for (;;) await null",
    "await new Promise(() => {})",
    "await new Promise((done) => setTimeout(done, 1e6))",
    "await null; while (true) {}",
    "await new Promise((done) => setTimeout(done, 5)); for (;;) Math.random()",
    "setTimeout(() => { for (;;); }, 5); await new Promise(() => {})",
    "!echo also; sleep 60",
    "fib(80)",
    "await null; fib(80)",
    "const later = async (): Promise<void> => { await null; return later() }; await later()",
    "while (true) { try { await null } catch {} }",
    "for await (const x of (async function* () { for (;;) yield 1 })()) {}",
    "[1].forEach(() => { for (;;); })",
    "/(a+)+$/.test('a'.repeat(60) + 'b')",
    "await null; const found = /(a+)+$/.test('a'.repeat(60) + 'b')",
    "await null; for (const tail of ['b']) /(a+)+$/.test('a'.repeat(60) + tail)",
  ];

  it.each(endless)("%s", async (code) => {
    await execute(
      "let kept = 1; function fib(n: number): number { return n < 2 ? n : fib(n - 1) + fib(n - 2) }",
    );
    const on = printed("on\n");
    const reply = execute(`kept++; console.log("on");\n${code}`);
    await on;
    session.interrupt();
    expect(await reply).toMatchObject({ status: "error", ename: "Interrupted" });
    expect(await execute("kept")).toMatchObject({ status: "ok" });
    expect(results()).toEqual(["2"]);
  });

  it("ends native code that never yields, and what was written just before it is shown", async () => {
    const on = printed("on\n");
    const reply = execute(
      "for (let n = 0; n < 500; n++) console.log(n === 499 ? 'on' : n); /(a+)+$/.test('a'.repeat(60) + 'b')",
    );
    await on;
    session.interrupt();
    expect(await reply).toMatchObject({ status: "error", ename: "Interrupted" });
    // Not what the front says where the machine lets the signal wait.
    const texts = events.flatMap((event) =>
      event.type === "stream" && event.name === "stdout" ? [event.text] : [],
    );
    const numbers = Array.from({ length: 499 }, (_, n) => `${n}\n`);
    expect(texts.join("")).toBe(`${numbers.join("")}on\n`);
  });

  it("ends a prompt", async () => {
    const asked = seen((event) => event.type === "input_request");
    const reply = execute("await prompt('?')");
    await asked;
    session.interrupt();
    expect(await reply).toMatchObject({ status: "error", ename: "Interrupted" });
  });

  it("may come twice, and when nothing runs", async () => {
    session.interrupt();
    const on = printed("on\n");
    const reply = execute("console.log('on'); while (true) {}");
    await on;
    session.interrupt();
    session.interrupt();
    expect(await reply).toMatchObject({ status: "error", ename: "Interrupted" });
    session.interrupt();
    expect(await execute("1 + 1")).toMatchObject({ status: "ok" });
  });

  it("says so where nothing lets it in", async () => {
    const on = printed("on\n");
    const reply = execute(
      "const stuck = async () => { await null; console.log('on'); " +
        "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500) };\nawait stuck()",
    );
    await on;
    const notice = printed("a restart of the kernel");
    session.interrupt();
    expect(await notice).toMatchObject({ name: "stderr", parent: `cell-${count}` });
    await reply;
  });

  it("ends what a cell left running behind its wait", async () => {
    const on = printed("tick\n");
    const reply = execute(
      "let ticks = 0;\nfor (;;) { await new Promise((done) => setTimeout(done, 1)); ticks++; console.log('tick') }",
    );
    await on;
    session.interrupt();
    await reply;
    await execute("await new Promise((done) => setTimeout(done, 30)); const first = ticks;");
    await execute("await new Promise((done) => setTimeout(done, 30)); ticks - first");
    expect(results()).toEqual(["0"]);
  });
});

describe("while a cell computes", () => {
  it("its output arrives, and completion and inspection answer", async () => {
    await execute("const answer = 42; let go = false;");
    const on = printed("on\n");
    const reply = execute("console.log('on'); while (true) {}");
    await on;
    expect((await session.complete("answ", 4)).matches).toEqual(["answer"]);
    expect((await session.inspect("answer", 3, 0)).found).toBe(true);
    session.interrupt();
    await reply;
  });

  it("text written in a loop that never yields is shown within its time", async () => {
    const last = printed("last");
    const reply = execute(
      "process.stdout.write('first'); process.stdout.write('last'); for (let i = 0; ; i++) Math.sqrt(i);",
    );
    await last;
    session.interrupt();
    await reply;
  });
});

describe("late output goes to the cell that started it", () => {
  it.each([
    ["a timer", "setTimeout(() => console.log('late'), 20)"],
    ["a promise", "new Promise((done) => setTimeout(done, 20)).then(() => console.log('late'))"],
    [
      "an interval",
      "const interval = setInterval(() => { console.log('late'); clearInterval(interval) }, 20)",
    ],
    [
      "an emitter",
      "const child = (await import('node:child_process')).spawn(process.execPath, ['-e', 'setTimeout(() => console.log(1), 20)']);\n" +
        "child.stdout.on('data', () => console.log('late'))",
    ],
  ])("%s", async (_name, code) => {
    const late = printed("late");
    await execute(`${code}; undefined`);
    const id = `cell-${count}`;
    await execute("1");
    expect(await late).toMatchObject({ parent: id });
  });
});

describe("requests beside the code", () => {
  it("evaluates user expressions", async () => {
    const reply = await execute("const base = 20", { userExpressions: { sum: "base + 1", bad: "missing" } });
    expect(reply).toMatchObject({
      status: "ok",
      userExpressions: {
        sum: { status: "ok", data: { "text/plain": "21" }, metadata: {} },
        bad: { status: "error", ename: "TypeScriptError" },
      },
    });
    expect(events).toEqual([]);
  });

  it("shows nothing of a silent cell's result", async () => {
    expect(await execute("5", { silent: true })).toMatchObject({ status: "ok" });
    expect(events).toEqual([]);
  });

  it("shows help for `name?` as a page", async () => {
    await execute("/** Adds. */\nfunction add(a: number, b: number) { return a + b; }");
    const page = async (code: string): Promise<string> => {
      const reply = (await execute(code)) as ExecuteReply & { status: "ok" };
      return (reply.payload as unknown as { data: { "text/plain": string } }[])[0]?.data["text/plain"] ?? "";
    };
    expect(await page("add?")).toBe("function add(a: number, b: number): number\n\nAdds.");
    expect(await page("add??")).toContain("function add(a: number, b: number) { return a + b; }");
  });

  it("asks for input and takes the answer", async () => {
    onEvent = (event) => {
      if (event.type === "input_request") session.answerInput(event.password ? "secret" : "plain");
    };
    await execute("[await prompt('Name?'), await prompt('Key?', { password: true })]");
    expect(results()).toEqual(["[ 'plain', 'secret' ]"]);
    expect(events.filter(({ type }) => type === "input_request")).toMatchObject([
      { prompt: "Name?", password: false },
      { prompt: "Key?", password: true },
    ]);
  });
});

describe("completion and inspection", () => {
  it("count code points and clamp a cursor past the end", async () => {
    await execute("const person = { firstName: 'x', lastName: 'y' };");
    expect(await session.complete("'😀'; person.fi", 14)).toMatchObject({
      matches: ["firstName"],
      cursorStart: 12,
      cursorEnd: 14,
    });
    expect(await session.complete("person.la", 1000)).toMatchObject({ matches: ["lastName"], cursorEnd: 9 });
  });

  it("tell what kind of thing each match is", async () => {
    await execute("class Unusual {}\nenum UnusualLevel { A }\nlet unusualCount = 1;");
    const { metadata } = await session.complete("Unusual", 7);
    expect(metadata._jupyter_types_experimental).toEqual([
      { text: "Unusual", type: "class", start: 0, end: 7 },
      { text: "UnusualLevel", type: "enum", start: 0, end: 7 },
    ]);
  });

  it("work in unfinished code and among arguments", async () => {
    await execute("function shift(by: number, wrap = false): number { return by }");
    expect((await session.complete("function outer() { if (true) { shif", 35)).matches).toContain("shift");
    expect((await session.inspect("shift(1, ", 9, 0)).data["text/plain"]).toBe(
      "shift(by: number, wrap?: boolean): number",
    );
    expect(await session.inspect("nothingOfTheKind", 3, 0)).toEqual({ found: false, data: {} });
  });
});

describe("isComplete", () => {
  it.each([
    ["1 + 1", { status: "complete" }],
    ["{ a: 1, b: 2 }", { status: "complete" }],
    ["function f() {", { status: "incomplete", indent: "  " }],
    ["  if (x) {\n    call(", { status: "incomplete", indent: "      " }],
    ["`open", { status: "incomplete", indent: "" }],
    ["/* open", { status: "incomplete", indent: "" }],
    ["x = )", { status: "invalid" }],
    ["'open", { status: "invalid" }],
  ])("%j", async (code, reply) => expect(await session.isComplete(code)).toEqual(reply));
});

describe("comms", () => {
  it("carry data and buffers both ways", async () => {
    await execute(
      "jupyter.comms.register('echo', (comm, open) => { comm.onMessage = ({ data, buffers }) => comm.send({ data, from: open.data }, { buffers }); comm.onClose = () => console.log('closed') })",
    );
    const common = { parent: `cell-${count}`, commId: "c1", metadata: {} };
    session.comm({ ...common, type: "comm_open", targetName: "echo", data: 1, buffers: [] });
    const answer = seen(({ type }) => type === "comm_msg");
    session.comm({ ...common, type: "comm_msg", data: 2, buffers: [new Uint8Array([7])] });
    expect(await answer).toMatchObject({
      commId: "c1",
      data: { data: 2, from: 1 },
      buffers: [new Uint8Array([7])],
    });
    expect(await session.commInfo()).toEqual({ c1: { target_name: "echo" } });
    const closed = printed("closed");
    session.comm({ ...common, type: "comm_close", data: {}, buffers: [] });
    await closed;
    const refused = seen(({ type }) => type === "comm_close");
    session.comm({ ...common, commId: "c2", type: "comm_open", targetName: "nobody", data: {}, buffers: [] });
    expect(await refused).toMatchObject({ commId: "c2" });
  });
});

describe("a session that dies", () => {
  it("says so and fails the cell", async () => {
    const seenEvents: SessionEvent[] = [];
    const mortal = await createSession({ cwd: folder, onEvent: (event) => seenEvents.push(event) });
    const reply = await mortal.execute({
      id: "1",
      code: "process.kill(process.pid, 'SIGKILL')",
      executionCount: 1,
    });
    expect(reply).toMatchObject({ status: "error", ename: "SessionExit" });
    expect(seenEvents.at(-1)).toEqual({ type: "exit", reason: expect.stringContaining("ended by SIGKILL") });
    await mortal.shutdown();
  });
});
