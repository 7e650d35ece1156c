import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kill } from "node:process";
import type { Kernel, KernelMessage } from "@jupyterlab/services";
import type { CommHandler } from "@jupyterlab/services/lib/kernel/comm.js";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { kernelEnvironment } from "../support/kernel-environment.js";
import { findKernelSpec, isAlive, type KernelSpec } from "./raw-client/kernel-process.js";
import { type Output, outputsOf } from "./raw-client/outputs.js";
import { RawKernel } from "./raw-client/raw-kernel.js";

/** Against what hangs, in ms. */
const PATIENCE = 60_000;

describe("a client that starts the kernel by itself, as VS Code does", () => {
  const environment = kernelEnvironment();
  const folder = mkdtempSync(join(tmpdir(), "convfuse-notebook-"));
  let spec: KernelSpec;
  let kernel: RawKernel;

  /** A cell's reply and outputs. */
  async function run(
    code: string,
    content: Partial<KernelMessage.IExecuteRequestMsg["content"]> = {},
  ): Promise<{ reply: KernelMessage.IExecuteReplyMsg["content"]; outputs: readonly Output[] }> {
    const future = kernel.execute(code, content);
    const outputs = outputsOf(future);
    return { reply: (await future.done).content, outputs };
  }

  /** The text of a cell's result. */
  async function result(code: string): Promise<unknown> {
    const { outputs } = await run(code);
    expect(outputs).toMatchObject([{ output_type: "execute_result" }]);
    return (outputs[0] as unknown as { data: { [type: string]: unknown } }).data["text/plain"];
  }

  /** Starts a cell that says that it runs, and waits for its word. It ends with the test, however that does. */
  async function running(code: string): Promise<ReturnType<RawKernel["execute"]>> {
    const future = kernel.execute(`console.log("runs"); ${code}`);
    onTestFinished(() => kernel.interrupt());
    await new Promise<void>((resolve) => {
      future.onIOPub = ({ header }) => {
        if (header.msg_type === "stream") resolve();
      };
    });
    return future;
  }

  beforeAll(async () => {
    vi.spyOn(console, "debug").mockImplementation(() => undefined);
    spec = findKernelSpec("convfuse", environment);
    kernel = new RawKernel(spec, folder, environment);
    await kernel.start({ waitForPorts: true });
  }, PATIENCE);

  afterEach(() => {
    expect(kernel.takeFaults()).toEqual([]);
    expect(kernel.process.output).toBe("");
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  test("kernel.json says what is asked of it", () => {
    expect(spec.argv.filter((part) => part.includes("{connection_file}"))).toEqual(["{connection_file}"]);
    expect(existsSync(spec.argv[0] as string)).toBe(true);
    expect(spec).toMatchObject({
      display_name: expect.stringContaining("TypeScript"),
      // The name by which the editor knows the language, so that cells are highlighted and completed.
      language: "typescript",
      interrupt_mode: "message",
      metadata: { debugger: true },
    });
  });

  test("kernel_info gives the notebook's language_info", async () => {
    const info = await kernel.client.info;
    expect(info).toMatchObject({
      status: "ok",
      protocol_version: expect.stringMatching(/^5\.\d+$/),
      language_info: { name: spec.language, file_extension: ".ts", mimetype: expect.any(String) },
      banner: expect.stringContaining("TypeScript"),
    });
    expect(kernel.client.supportsSubshells).toBe(true);
  });

  test("outputs of every kind arrive in order", async () => {
    const { reply, outputs } = await run(
      `console.log("one"); console.error("two");
       await jupyter.display({ "text/html": "<b>three</b>", "text/plain": "three" }, { raw: true });
       ({ four: 4 })`,
    );
    expect(reply.status).toBe("ok");
    expect(outputs).toEqual([
      { output_type: "stream", name: "stdout", text: "one\n" },
      { output_type: "stream", name: "stderr", text: "two\n" },
      {
        output_type: "display_data",
        data: { "text/html": "<b>three</b>", "text/plain": "three" },
        metadata: {},
      },
      {
        output_type: "execute_result",
        data: { "text/plain": "{ four: 4 }" },
        metadata: {},
        execution_count: reply.execution_count,
      },
    ]);
  });

  test("the kernel is idle when a cell has ended, so that completions are asked for", async () => {
    const cell = await running("await new Promise(() => {})");
    expect(kernel.client.status).toBe("busy");
    await kernel.interrupt();
    await cell.done;
    await vi.waitUntil(() => kernel.client.status === "idle", PATIENCE);
  });

  test("a statement has no result, and takes away what the cell showed before", async () => {
    expect((await run("const silent = 1;")).outputs).toEqual([]);
    const { outputs } = await run(
      `console.log("old"); jupyter.clearOutput({ wait: true }); console.log("new");`,
    );
    expect(outputs).toEqual([{ output_type: "stream", name: "stdout", text: "new\n" }]);
  });

  test("a display is updated by its own cell and by a later one", async () => {
    const show = (text: string, update: boolean): string =>
      `jupyter.display({ "text/plain": "${text}" }, { raw: true, display_id: "bar", update: ${update} });`;
    const { outputs } = await run(`await ${show("0%", false)} await ${show("50%", true)}`);
    expect(outputs).toMatchObject([{ output_type: "display_data", data: { "text/plain": "50%" } }]);
    const later = await run(`await ${show("100%", true)}`);
    expect(later.outputs).toEqual([]);
    expect(outputs).toMatchObject([{ data: { "text/plain": "100%" } }]);
  });

  test("an error is shown by its traceback, which names the user's line", async () => {
    const { reply, outputs } = await run("const fine = 1;\nthrow new RangeError('too far');");
    expect(reply.status).toBe("error");
    const [error] = outputs as readonly [Output & { readonly traceback: readonly string[] }];
    expect(outputs).toMatchObject([{ output_type: "error", ename: "RangeError", evalue: "too far" }]);
    expect(error.traceback.join("\n")).toMatch(/RangeError: too far[\s\S]*:2:7/);
  });

  test("a type error names its line, and nothing runs", async () => {
    const { outputs } = await run("console.log('runs');\nconst text: string = 1;");
    expect(outputs).toMatchObject([{ output_type: "error", evalue: expect.stringContaining("TS2322") }]);
  });

  test("cells that wait run on after an error where the client wants them to", async () => {
    const cells = ["'before'", "throw new Error('no')", "'after'"].map((code) => kernel.execute(code));
    const replies = await Promise.all(cells.map(async ({ done }) => (await done).content.status));
    expect(replies).toEqual(["ok", "error", "ok"]);
  });

  test("cells that wait are aborted after an error where it wants that", async () => {
    const codes = ["'before'", "throw new Error('no')", "'after'"];
    const cells = codes.map((code) => kernel.execute(code, { stop_on_error: true }));
    const replies = await Promise.all(cells.map(async ({ done }) => (await done).content.status));
    expect(replies.slice(0, 2)).toEqual(["ok", "error"]);
    // JupyterLab's word for it, and the protocol's.
    expect(["abort", "aborted"]).toContain(replies[2]);
    expect(await result("'goes on'")).toBe("'goes on'");
  });

  test("completions have a place and a kind, one for each match", async () => {
    await run("const numbers = [3, 1, 2];");
    const code = "const sorted = 1;\nnumbers.so";
    const { content } = await kernel.client.requestComplete({ code, cursor_pos: code.length });
    if (content.status !== "ok") throw new Error("no completion");
    expect(content.matches).toContain("sort");
    expect([content.cursor_start, content.cursor_end]).toEqual([code.length - 2, code.length]);
    const kinds = content.metadata._jupyter_types_experimental as readonly object[];
    expect(kinds).toEqual(
      content.matches.map((text) => ({
        ...{ text, type: expect.any(String), start: code.length - 2, end: code.length },
      })),
    );
  });

  test("a completion's documentation comes from an inspection", async () => {
    const code = "Math.max";
    const { content } = await kernel.client.requestInspect({
      code,
      cursor_pos: code.length,
      detail_level: 0,
    });
    if (content.status !== "ok") throw new Error("no inspection");
    expect(content.found).toBe(true);
    expect(content.data["text/plain"]).toMatch(/max\(\.\.\.values: number\[\]\): number/);
    const nothing = await kernel.client.requestInspect({ code: "  ", cursor_pos: 1, detail_level: 0 });
    expect(nothing.content).toMatchObject({ status: "ok", found: false });
  });

  test("whether code is complete, and what ran, can be asked", async () => {
    const { content } = await kernel.client.requestIsComplete({ code: "function f() {" });
    expect(content).toEqual({ status: "incomplete", indent: "  " });
    const tail = { output: false, raw: true, hist_access_type: "tail", n: 1 } as const;
    const history = await kernel.client.requestHistory(tail);
    expect(history.content).toMatchObject({
      history: [[expect.any(Number), expect.any(Number), expect.any(String)]],
    });
  });

  test("a question is asked and answered, a password as one", async () => {
    const future = kernel.execute(`[await prompt("Name?"), await prompt("Key?", { password: true })]`);
    const outputs = outputsOf(future);
    const asked: unknown[] = [];
    future.onStdin = ({ content, header }) => {
      asked.push(content);
      kernel.client.sendInputReply({ status: "ok", value: `answer ${asked.length}` }, header as never);
    };
    await future.done;
    expect(asked).toEqual([
      { prompt: "Name?", password: false },
      { prompt: "Key?", password: true },
    ]);
    expect(outputs).toMatchObject([{ data: { "text/plain": "[ 'answer 1', 'answer 2' ]" } }]);
  });

  test("a comm that the client opens speaks both ways, with bytes, while a cell runs", async () => {
    await run(`
      jupyter.comms.register("echo", (comm, open) => {
        comm.send({ opened: open.data });
        comm.onMessage = ({ data, buffers }) =>
          comm.send({ heard: data }, { buffers: buffers.map((bytes) => bytes.map((byte) => byte + 1)) });
        comm.onClose = ({ data }) => jupyter.broadcast("closed", data);
      });`);
    const waits = await running("await new Promise<void>((go) => { (globalThis as any).go = go; });");
    const heard: unknown[] = [];
    const comm = kernel.client.createComm("echo") as CommHandler;
    // A comm gets a subshell, so that it does not wait for the running cell.
    await comm.subshellStarted;
    comm.onMsg = ({ content, buffers = [] }) => {
      heard.push([content.data, ...buffers.map((part) => [...new Uint8Array((part as DataView).buffer)])]);
    };
    await comm.open({ state: 1 }).done;
    await comm.send({ method: "update" }, {}, [Uint8Array.of(1, 2, 254).buffer, Uint8Array.of(9).buffer])
      .done;
    expect(heard).toEqual([[{ opened: { state: 1 } }], [{ heard: { method: "update" } }, [2, 3, 255], [10]]]);
    await kernel.interrupt();
    expect((await waits.done).content.status).toBe("error");
    const info = await kernel.client.requestCommInfo({ target_name: "echo" });
    expect(info.content).toMatchObject({ comms: { [comm.commId]: { target_name: "echo" } } });
    await comm.close().done;
    expect((await kernel.client.requestCommInfo({})).content).toMatchObject({ comms: {} });
  });

  test("a comm for which no cell has a use is closed", async () => {
    const comm = kernel.client.createComm("jupyter.widget.control");
    const closed = new Promise((resolve) => {
      comm.onClose = ({ content }) => resolve(content.comm_id);
    });
    await comm.open().done;
    expect(await closed).toBe(comm.commId);
  });

  test("a comm that a cell opens is the client's too, and speaks both ways", async () => {
    const opened = new Promise<{ comm: Kernel.IComm; message: KernelMessage.ICommOpenMsg }>((resolve) =>
      kernel.client.registerCommTarget("widget", (comm, message) => resolve({ comm, message })),
    );
    await run(`
      const widget = jupyter.comms.open("widget", { _model_name: "Slider" }, { buffers: [Uint8Array.of(7)] });
      widget.onMessage = ({ data }) => console.log("heard", data);`);
    const { comm, message } = await opened;
    const [buffer] = (message.buffers ?? []) as DataView[];
    expect(message.content.data).toEqual({ _model_name: "Slider" });
    expect(buffer?.getUint8(0)).toBe(7);
    // What the cell's comm prints belongs to the message that it answers.
    const sent = comm.send({ value: 5 });
    const printed: unknown[] = [];
    sent.onIOPub = ({ content, header }) => {
      if (header.msg_type === "stream") printed.push(content);
    };
    await sent.done;
    expect(printed).toEqual([{ name: "stdout", text: "heard { value: 5 }\n" }]);
    const closed = new Promise((resolve) => {
      comm.onClose = ({ content }) => resolve(content.data);
    });
    await run(`widget.close({ last: true })`);
    expect(await closed).toEqual({ last: true });
  });

  test("an endless loop is interrupted on the shell channel; the variables are kept", async () => {
    const loop = await running("let count = 0; while (true) { count += 1; }");
    const waiting = kernel.execute("'never runs'");
    const outputs = outputsOf(loop);
    await kernel.interrupt();
    expect((await loop.done).content.status).toBe("error");
    expect(outputs).toMatchObject([{ output_type: "error", ename: "Interrupted" }]);
    expect(["abort", "aborted"]).toContain((await waiting.done).content.status);
    expect(await result("count > 0")).toBe("true");
  });

  test("an interrupt of an idle kernel changes nothing", async () => {
    await kernel.interrupt();
    expect(await result("1 + 1")).toBe("2");
  });

  test("a restart forgets, also where the client does not wait for the ports", async () => {
    await run("const gone = 1;");
    const endless = await running("for (;;) {}");
    endless.done.catch(() => undefined);
    const before = kernel.process;
    await kernel.restart({ waitForPorts: false });
    expect(await result("typeof globalThis")).toBe("'object'");
    const { outputs, reply } = await run("gone");
    expect(outputs).toMatchObject([{ output_type: "error", evalue: expect.stringContaining("TS2304") }]);
    expect(reply.execution_count).toBe(2);
    await before.ended;
  });

  test("a kernel that is killed is seen to have died", async () => {
    kill(kernel.process.pid, "SIGKILL");
    await kernel.process.ended;
    await kernel.start({ waitForPorts: true });
  });

  test("nothing is left in the end", async () => {
    await kernel.dispose();
    await kernel.process.ended;
    expect(kernel.processes.size).toBeGreaterThan(8);
    await vi.waitUntil(() => ![...kernel.processes].some(isAlive), PATIENCE);
    expect(readdirSync(folder)).toEqual([]);
  });
});
