import { tmpdir } from "node:os";
import { createSession, type SessionEvent } from "@convfuse/kernel";
import { expect, test, vi } from "vitest";
import { texts } from "./texts.js";

test("a session whose memory is full says so, with the limit and how to raise it, and ends what it started", async () => {
  const events: SessionEvent[] = [];
  const session = await createSession({ cwd: tmpdir(), memory: 96, onEvent: (event) => events.push(event) });
  try {
    const code = `import { spawn } from "node:child_process";
      const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
      console.log(\`pid \${child.pid}\`);
      const kept: object[] = [];
      for (;;) kept.push({ n: kept.length });`;
    const reply = await session.execute({ id: "1", code, executionCount: 1 });
    expect(reply).toMatchObject({ status: "error", evalue: expect.stringContaining("the limit of 96 MB") });
    expect(reply).toMatchObject({ evalue: expect.stringContaining("convfuse-kernel install --memory 192") });
    expect(texts(events)).toMatch(/^pid \d+\n$/);
    const pid = Number(/\d+/.exec(texts(events))?.[0]);
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow(), { timeout: 20_000 });
  } finally {
    await session.shutdown();
  }
}, 120_000);

test("what a program that a cell runs says of its own memory is shown", async () => {
  const events: SessionEvent[] = [];
  const session = await createSession({ cwd: tmpdir(), onEvent: (event) => events.push(event) });
  try {
    const code = `import { spawnSync } from "node:child_process";
      const full = "const kept = []; for (;;) kept.push({})";
      spawnSync(process.execPath, ["--max-old-space-size=64", "-e", full], { stdio: "inherit" }).signal`;
    const reply = await session.execute({ id: "1", code, executionCount: 1 });
    expect(reply).toMatchObject({ status: "ok" });
    await vi.waitFor(() => expect(texts(events)).toContain("heap out of memory"), { timeout: 60_000 });
  } finally {
    await session.shutdown();
  }
}, 120_000);

test.each([0, 1.5, -1, 63])("memory: %s is no limit that Node can start with", async (memory) => {
  await expect(createSession({ cwd: tmpdir(), memory, onEvent: () => {} })).rejects.toThrow(
    `createSession: memory must be a whole number of MB, at least 64; got ${memory}`,
  );
});
