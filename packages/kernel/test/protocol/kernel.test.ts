import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Harness } from "./client.js";
import { failure, ok } from "./fake-session.js";

let harness: Harness;

beforeEach(() => {
  harness = new Harness();
});

afterEach(() => harness.stop());

describe("an execute request", () => {
  test("is answered between busy and idle, with its output in between and its own header as parent", async () => {
    await harness.start({
      hello: ({ request, emit }) => {
        emit({ type: "stream", parent: request.id, name: "stdout", text: "hello\n" });
        emit({ type: "execute_result", parent: request.id, data: { "text/plain": "1" }, metadata: {} });
        return ok;
      },
    });
    const id = await harness.send("shell", "execute_request", { code: "hello" });
    expect(await harness.outputTypes(id)).toEqual([
      "busy",
      "execute_input",
      "stream",
      "execute_result",
      "idle",
    ]);
    const reply = await harness.receive("shell");
    expect(reply.type).toBe("execute_reply");
    expect(reply.parentHeader.msg_id).toBe(id);
    expect(reply.content).toEqual({ status: "ok", execution_count: 1, user_expressions: {}, payload: [] });
  });

  test("that fails has the cells behind it aborted, and the next one served", async () => {
    let fail: () => void = () => {};
    const arrived = new Promise<void>((resolve) => {
      fail = resolve;
    });
    await harness.start({ bad: () => arrived.then(() => failure("no")) });
    for (const code of ["bad", "x", "y"]) await harness.send("shell", "execute_request", { code });
    // A socket keeps the order of its messages: with this answer, everything sent before it has arrived.
    await harness.send("shell", "is_complete_request", { code: "1" });
    expect((await harness.receive("shell")).type).toBe("is_complete_reply");
    fail();
    const statuses = [];
    for (let n = 0; n < 3; n += 1) statuses.push((await harness.receive("shell")).content.status);
    expect(statuses).toEqual(["error", "aborted", "aborted"]);
    await harness.send("shell", "execute_request", { code: "z" });
    expect((await harness.receive("shell")).content.status).toBe("ok");
    expect(harness.session.executed.map(({ code }) => code)).toEqual(["bad", "z"]);
  });

  test("that fails with stop_on_error false lets the next one run", async () => {
    await harness.start({ bad: () => failure("no") });
    await harness.send("shell", "execute_request", { code: "bad", stop_on_error: false });
    await harness.send("shell", "execute_request", { code: "x" });
    expect((await harness.receive("shell")).content.status).toBe("error");
    expect((await harness.receive("shell")).content.status).toBe("ok");
  });

  test("whose content breaks the protocol is answered with what is wrong", async () => {
    await harness.start();
    await harness.send("shell", "execute_request", { code: 5 });
    const { content } = await harness.receive("shell");
    expect(content.evalue).toBe("execute_request: code must be a string; got 5");
    expect(harness.session.executed).toEqual([]);
  });

  test("sees its late output under its own header", async () => {
    let later: () => void = () => undefined;
    await harness.start({
      first: ({ request, emit }) => {
        later = () => emit({ type: "stream", parent: request.id, name: "stdout", text: "late" });
        return ok;
      },
      second: () => {
        later();
        return ok;
      },
    });
    const first = await harness.send("shell", "execute_request", { code: "first" });
    await harness.output(first);
    await harness.send("shell", "execute_request", { code: "second" });
    let message = await harness.published();
    while (message.type !== "stream") message = await harness.published();
    expect(message.parentHeader.msg_id).toBe(first);
  });
});

test("the input that a cell asks for is requested of its client, and its answer handed over", async () => {
  await harness.start({
    ask: async ({ request, emit, input }) => {
      emit({ type: "input_request", parent: request.id, prompt: "name?", password: true });
      emit({ type: "stream", parent: request.id, name: "stdout", text: await input() });
      return ok;
    },
  });
  const id = await harness.send("shell", "execute_request", { code: "ask" });
  const question = await harness.receive("stdin");
  expect(question.content).toEqual({ prompt: "name?", password: true });
  expect(question.parentHeader.msg_id).toBe(id);
  await harness.send("stdin", "input_reply", { value: "Ada" });
  const output = await harness.output(id);
  expect(output.find(({ type }) => type === "stream")?.content.text).toBe("Ada");
});

test("an interrupt ends the running cell and aborts what waits, whatever stop_on_error says", async () => {
  await harness.start({
    endless: async ({ interrupted }) => {
      await interrupted;
      return failure("interrupted");
    },
  });
  const id = await harness.send("shell", "execute_request", { code: "endless", stop_on_error: false });
  await harness.send("shell", "execute_request", { code: "x" });
  while ((await harness.published()).type !== "execute_input");
  await harness.send("control", "interrupt_request");
  expect((await harness.receive("control")).type).toBe("interrupt_reply");
  const reply = await harness.receive("shell");
  expect([reply.parentHeader.msg_id, reply.content.status]).toEqual([id, "error"]);
  expect((await harness.receive("shell")).content.status).toBe("aborted");
});

test("requests that read wait for the cells before them, but not for one that takes long", async () => {
  let finish: () => void = () => undefined;
  await harness.start({
    short: () => new Promise((resolve) => setImmediate(() => resolve(ok))),
    long: () =>
      new Promise((resolve) => {
        finish = () => resolve(ok);
      }),
  });
  await harness.send("shell", "execute_request", { code: "short" });
  await harness.send("shell", "complete_request", { code: "a", cursor_pos: 1 });
  expect((await harness.receive("shell")).type).toBe("execute_reply");
  expect((await harness.receive("shell")).type).toBe("complete_reply");
  await harness.send("shell", "execute_request", { code: "long" });
  await harness.send("shell", "complete_request", { code: "a", cursor_pos: 1 });
  expect((await harness.receive("shell")).type).toBe("complete_reply");
  finish();
  expect((await harness.receive("shell")).type).toBe("execute_reply");
});

test("subshells are created, listed, run beside the main shell, and deleted", async () => {
  let finish: () => void = () => undefined;
  await harness.start({
    long: () =>
      new Promise((resolve) => {
        finish = () => resolve(ok);
      }),
  });
  const ask = async (type: string, content = {}) => {
    await harness.send("control", type, content);
    return (await harness.receive("control")).content;
  };
  const { subshell_id: id } = await ask("create_subshell_request");
  expect(await ask("list_subshell_request")).toEqual({ status: "ok", subshell_id: [id] });
  await harness.send("shell", "execute_request", { code: "long" });
  const frames = harness.wire.encode([], { type: "execute_request", content: { code: "beside" } });
  const header = JSON.parse(Buffer.from(frames[2] ?? []).toString());
  await harness.shell.send(harness.resign(frames, { ...header, subshell_id: id }));
  const beside = await harness.receive("shell");
  expect(beside.parentHeader.subshell_id).toBe(id);
  expect(beside.content.status).toBe("ok");
  finish();
  expect((await harness.receive("shell")).content.status).toBe("ok");
  expect(await ask("delete_subshell_request", { subshell_id: String(id) })).toEqual({ status: "ok" });
  expect((await ask("delete_subshell_request", { subshell_id: String(id) })).evalue).toBe(
    `there is no subshell ${id}`,
  );
});

test("a session that ends is told to the running cell, and ends the kernel with an error", async () => {
  await harness.start({
    crash: ({ emit }) => {
      emit({ type: "exit", reason: "out of memory" });
      return new Promise(() => undefined);
    },
  });
  const id = await harness.send("shell", "execute_request", { code: "crash" });
  expect(await harness.outputTypes(id)).toEqual(["busy", "execute_input", "error", "idle"]);
  expect((await harness.receive("shell")).content.evalue).toBe(
    "the TypeScript session has ended: out of memory",
  );
  expect(await harness.kernel.ended).toBe(1);
});

test("a shutdown request is answered, published, and ends the kernel", async () => {
  await harness.start();
  const id = await harness.send("control", "shutdown_request", { restart: true });
  const reply = await harness.receive("control");
  expect([reply.type, reply.content]).toEqual(["shutdown_reply", { status: "ok", restart: true }]);
  expect(await harness.outputTypes(id)).toEqual(["busy", "shutdown_reply", "idle"]);
  expect(await harness.kernel.ended).toBe(0);
  await harness.kernel.close();
  expect(harness.session.shutdowns).toBe(1);
});

test("comm messages go both ways with their buffers", async () => {
  await harness.start({
    open: ({ request, emit }) => {
      emit({
        type: "comm_open",
        parent: request.id,
        commId: "c",
        targetName: "t",
        data: { a: 1 },
        metadata: { m: 2 },
        buffers: [Buffer.from([0, 255])],
      });
      return ok;
    },
  });
  const id = await harness.send("shell", "execute_request", { code: "open" });
  const opened = (await harness.output(id)).find(({ type }) => type === "comm_open");
  expect(opened?.content).toEqual({ comm_id: "c", target_name: "t", data: { a: 1 } });
  expect(opened?.metadata).toEqual({ m: 2 });
  expect(opened?.buffers).toEqual([Buffer.from([0, 255])]);
  const message = { comm_id: "c", data: { x: 1 } };
  await harness.output(await harness.send("shell", "comm_msg", message, [Buffer.from([7])]));
  expect(harness.session.comms).toMatchObject([
    { type: "comm_msg", commId: "c", data: { x: 1 }, buffers: [Buffer.from([7])] },
  ]);
});

test("a connection with CurveZMQ keys is closed to clients without them", async () => {
  const { curveKeyPair } = await import("zeromq");
  const keys = curveKeyPair();
  await harness.start();
  await harness.stop();
  harness = new Harness({ curve: keys });
  for (const channel of ["shell", "control", "stdin", "iopub", "hb"] as const) {
    const client = curveKeyPair();
    harness[channel].curveServerKey = keys.publicKey;
    harness[channel].curvePublicKey = client.publicKey;
    harness[channel].curveSecretKey = client.secretKey;
  }
  await harness.start();
  const { Dealer } = await import("zeromq");
  const stranger = new Dealer({ linger: 0 });
  stranger.connect(`ipc://${harness.connection.ip}-1`);
  void stranger.send(harness.wire.encode([], { type: "kernel_info_request", content: {} }));
  await harness.send("shell", "kernel_info_request");
  expect((await harness.receive("shell")).type).toBe("kernel_info_reply");
  stranger.receiveTimeout = 200;
  await expect(stranger.receive()).rejects.toThrow();
  stranger.close();
});
