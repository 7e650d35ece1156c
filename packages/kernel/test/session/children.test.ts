import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { createSession, type SessionEvent } from "@convfuse/kernel";
import { expect, test, vi } from "vitest";
import { texts } from "./texts.js";

/** Starts a process that would run for ever, and one that is none of the session's; prints the numbers of both. */
const startText = `import { execSync, spawn } from "node:child_process";
const forever = "setInterval(() => {}, 1000)";
const own = spawn(process.execPath, ["-e", forever]);
const detached = spawn(process.execPath, ["-e", forever], { detached: true, stdio: "ignore" });
detached.unref();
console.log(\`pids \${own.pid} \${detached.pid}\`);`;

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function ends(pid: number): Promise<void> {
  await vi.waitFor(() => expect(lives(pid)).toBe(false), { timeout: 20_000, interval: 20 });
}

function pidsIn(text: string): [number, number] {
  const [, own, detached] = /pids (\d+) (\d+)/.exec(text) ?? [];
  return [Number(own), Number(detached)];
}

test("what a cell started ends with the session, and what it detached does not", async () => {
  const events: SessionEvent[] = [];
  const session = await createSession({ cwd: tmpdir(), onEvent: (event) => events.push(event) });
  await session.execute({ id: "1", code: startText, executionCount: 1 });
  const [own, detached] = pidsIn(texts(events));
  expect([lives(own), lives(detached)]).toEqual([true, true]);
  await session.shutdown();
  await ends(own);
  expect(lives(detached)).toBe(true);
  process.kill(detached, "SIGKILL");
}, 60_000);

test("it ends when the session's own process is killed, and when the front door is", async () => {
  const events: SessionEvent[] = [];
  const session = await createSession({ cwd: tmpdir(), onEvent: (event) => events.push(event) });
  await session.execute({ id: "1", code: startText, executionCount: 1 });
  const [own, detached] = pidsIn(texts(events));
  await session.execute({ id: "2", code: 'process.kill(process.pid, "SIGKILL")', executionCount: 2 });
  await ends(own);
  process.kill(detached, "SIGKILL");
  await session.shutdown();

  const built = new URL("../../dist/index.js", import.meta.url).href;
  const script = `const { createSession } = await import(${JSON.stringify(built)});
    const session = await createSession({ cwd: ".", onEvent: (event) => event.text && console.log(event.text) });
    await session.execute({ id: "1", code: ${JSON.stringify(startText)}, executionCount: 1 });`;
  const front = spawn(process.execPath, ["--input-type=module", "-e", script], { cwd: tmpdir() });
  let printed = "";
  for await (const line of createInterface(front.stdout)) {
    printed += line;
    if (printed.includes("pids ")) break;
  }
  const [left, apart] = pidsIn(printed);
  expect(lives(left)).toBe(true);
  front.kill("SIGKILL");
  await once(front, "exit");
  await ends(left);
  process.kill(apart, "SIGKILL");
}, 120_000);

test("an interrupt reaches what the cell waits for, and not what earlier cells started", async () => {
  const events: SessionEvent[] = [];
  const session = await createSession({ cwd: tmpdir(), onEvent: (event) => events.push(event) });
  try {
    await session.execute({ id: "1", code: startText, executionCount: 1 });
    const [own, detached] = pidsIn(texts(events));
    for (const wait of [
      'execSync("sleep 300"); 0',
      // A shell that outlives what it waits for ends with a number, not by the signal.
      `execSync("trap 'exit 7' INT; sleep 300 > /dev/null 2>&1 & wait"); 0`,
      'await new Promise((done) => spawn("sleep", ["300"]).once("exit", done))',
      // A shell's last command takes its place: what was sent to the shell has not reached it.
      `execSync("trap 'trap - INT; exec sleep 300' INT; while :; do :; done"); 0`,
    ]) {
      // Ages of processes are told in hundredths of a second.
      await setTimeout(50);
      events.length = 0;
      const reply = session.execute({ id: "2", code: `console.log("on"); ${wait}`, executionCount: 2 });
      await vi.waitFor(() => expect(texts(events)).toBe("on\n"), { timeout: 20_000 });
      session.interrupt();
      expect(await reply).toMatchObject({ status: "error", ename: "Interrupted" });
    }
    expect(lives(own)).toBe(true);
    process.kill(detached, "SIGKILL");
  } finally {
    await session.shutdown();
  }
}, 120_000);

test("an interrupt reaches what a cell starts before the interrupt reaches the cell", async () => {
  const events: SessionEvent[] = [];
  const session = await createSession({ cwd: tmpdir(), onEvent: (event) => events.push(event) });
  try {
    // Nothing looks for an interrupt while it waits, and the next thing that it does is to start a process.
    const code = `import { spawn } from "node:child_process";
      console.log("on");
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
      const child = spawn("sleep", ["300"]);
      console.log(\`pid \${child.pid}\`);
      await new Promise((done) => child.once("exit", done));`;
    const reply = session.execute({ id: "1", code, executionCount: 1 });
    await vi.waitFor(() => expect(texts(events)).toBe("on\n"), { timeout: 20_000, interval: 5 });
    session.interrupt();
    expect(await reply).toMatchObject({ status: "error", ename: "Interrupted" });
    await ends(Number(/pid (\d+)/.exec(texts(events))?.[1]));
  } finally {
    await session.shutdown();
  }
}, 60_000);
