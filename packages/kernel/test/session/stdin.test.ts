import { tmpdir } from "node:os";
import { createSession, type ExecuteReply, type Session, type SessionEvent } from "@convfuse/kernel";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { texts } from "./texts.js";

const events: SessionEvent[] = [];
let answers: string[] = [];
let session: Session;
beforeAll(async () => {
  session = await createSession({
    cwd: tmpdir(),
    onEvent: (event) => {
      events.push(event);
      const answer = event.type === "input_request" ? answers.shift() : undefined;
      if (answer !== undefined) session.answerInput(answer);
    },
  });
});
afterAll(() => session.shutdown());

let count = 0;
/** Runs a cell whose reader gives these lines; tells how often it was asked, and what the cell wrote. */
async function run(
  code: string,
  lines: readonly string[],
  allowStdin = true,
): Promise<{ readonly reply: ExecuteReply; readonly asked: number; readonly text: string }> {
  events.length = 0;
  answers = [...lines];
  const id = String(++count);
  const reply = await session.execute({ id, code, executionCount: count, allowStdin });
  return { reply, asked: events.filter(({ type }) => type === "input_request").length, text: texts(events) };
}

const readline = `import * as readline from "node:readline/promises";
const rl = readline.createInterface({ input: process.stdin, output: process.stdout });\n`;

test("readline's questions are asked of the reader, one line each, and nothing more when it is closed", async () => {
  const code = `${readline}const name = await rl.question("Name? "); const age = await rl.question("Age? ");
    rl.close(); console.log(name + age)`;
  const { reply, asked, text } = await run(code, ["Ada", "36"]);
  expect(reply.status).toBe("ok");
  expect([asked, text]).toEqual([2, "Name? Age? Ada36\n"]);
});

test("a cell that leaves its interface open is over, and the next one reads on", async () => {
  const open = await run(`${readline}console.log(await rl.question("? "))`, ["first"]);
  expect(open.text).toBe("? first\n");
  const next = await run("for await (const line of process.stdin) { console.log(String(line)); break }", [
    "second",
  ]);
  expect(next.text).toBe("second\n\n");
  const lines = `import { createInterface } from "node:readline";
    let sum = 0; for await (const line of createInterface(process.stdin)) { if (line === "") break; sum += Number(line); } console.log(sum)`;
  expect(await run(lines, ["1", "2", ""])).toMatchObject({ asked: 3, text: "3\n" });
});

test("a client that cannot ask is told so, and so is who would read at once", async () => {
  const refused = await run(`${readline}await rl.question("Name? ")`, [], false);
  expect(refused.reply).toMatchObject({
    status: "error",
    evalue: expect.stringContaining("allow_stdin is false"),
  });
  for (const read of [
    "readFileSync(0)",
    'readFileSync("/dev/stdin", "utf8")',
    "readSync(0, Buffer.alloc(9))",
  ]) {
    const { reply } = await run(`import { readFileSync, readSync } from "node:fs"; ${read}`, []);
    expect(reply).toMatchObject({
      status: "error",
      evalue: expect.stringContaining('use: await prompt("...")'),
    });
  }
});

test("an interrupt ends the wait for a line", async () => {
  const waiting = run(`${readline}await rl.question("Name? ")`, []);
  await vi.waitFor(() => expect(events.some(({ type }) => type === "input_request")).toBe(true), {
    timeout: 60_000,
  });
  session.interrupt();
  expect((await waiting).reply).toMatchObject({ status: "error", ename: "Interrupted" });
});
