import { createSession, type ExecuteReply, type Session, type SessionEvent } from "@convfuse/kernel";
import { afterEach, describe, expect, it } from "vitest";
import { scratchFolder } from "../scratch.js";
import { first, forGood, hostileCells, probe } from "./hostile-cells.js";

const folder = scratchFolder("hostile");
let session: Session | undefined;
let events: SessionEvent[] = [];
let count = 0;

afterEach(async () => {
  await session?.shutdown();
});

async function open(): Promise<void> {
  session = await createSession({ cwd: folder, onEvent: (event) => events.push(event) });
  await execute(first);
}

function execute(code: string): Promise<ExecuteReply> {
  events = [];
  count++;
  return (session as Session).execute({ id: `${count}`, code, executionCount: count });
}

function texts(name: "stdout" | "stderr"): string {
  return events.map((event) => (event.type === "stream" && event.name === name ? event.text : "")).join("");
}

describe("hostile cells", () => {
  it("leave a session that goes on, with its names", async () => {
    await open();
    for (const { code, fails } of hostileCells) {
      const reply = await execute(code);
      expect(reply.status === "error" ? reply.ename : undefined, code).toBe(fails);
      expect(await execute(probe.code), code).toMatchObject({ status: "ok" });
      expect(texts("stdout"), code).toBe(probe.stdout);
      expect(events, code).toContainEqual(
        expect.objectContaining({ type: "execute_result", data: { "text/plain": probe.result } }),
      );
    }
  }, 120_000);

  it("what packages replace by something that does more stays, and what no longer works is put back and named", async () => {
    await open();
    await execute(
      "const original = Array.prototype.map; let calls = 0;\nArray.prototype.map = function (this: unknown[], ...given: any) { calls++; return original.apply(this, given) } as never;",
    );
    expect(texts("stderr")).toBe("");
    await execute("calls = 0; [1].map(String); calls");
    expect(events).toContainEqual(expect.objectContaining({ data: { "text/plain": "1" } }));
    await execute("(Map.prototype as any).get = null");
    expect(texts("stderr")).toBe(
      "Array.prototype.map, Map.prototype.get: put back, as nothing that the kernel stands on worked any more\n",
    );
  }, 60_000);

  it.each(forGood)(
    "$code cannot be undone, and every cell says so",
    async ({ code, says }) => {
      await open();
      const broken = { status: "error", ename: "KernelError", evalue: expect.stringContaining(says) };

      expect(await execute(code)).toMatchObject(broken);
      expect(await execute("1")).toMatchObject(broken);
    },
    60_000,
  );
});
