import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Dealer, Subscriber } from "zeromq";
import { channels, endpoint, parseConnection } from "../dist/protocol/wire/connection.js";
import { Wire } from "../dist/protocol/wire/wire.js";

/** As many ports as there are channels. All are held until the last is known, so that no two are the same. */
async function freePorts() {
  const servers = channels.map(() => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once("listening", resolve))));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return Object.fromEntries(channels.map((channel, at) => [`${channel}_port`, ports[at]]));
}

/** A kernel in a process of its own, and its only client. */
export class KernelProcess {
  #wire;
  #child;
  #shell = new Dealer({ routingId: "bench", linger: 0, reconnectInterval: 2 });
  #iopub = new Subscriber({ linger: 0, reconnectInterval: 2 });
  #file;
  /** When its process was started, by performance.now(). */
  started = 0;
  /** From there to the first result, in ms. */
  firstResult = 0;

  /** `argv` starts it, with {connection_file} where that file's path goes; `scratch` is a folder for files. */
  static async start(argv, cwd, scratch) {
    const kernel = new KernelProcess();
    const ports = await freePorts();
    const json = JSON.stringify({
      ip: "127.0.0.1",
      transport: "tcp",
      key: randomBytes(16).toString("hex"),
      signature_scheme: "hmac-sha256",
      ...ports,
    });
    kernel.#file = join(scratch, `connection-${ports.shell_port}.json`);
    writeFileSync(kernel.#file, json, { mode: 0o600 });
    const connection = parseConnection(json);
    kernel.#wire = new Wire(connection, "bench");
    kernel.#shell.connect(endpoint(connection, "shell"));
    kernel.#iopub.connect(endpoint(connection, "iopub"));
    kernel.#iopub.subscribe();
    void kernel.#drain();
    const [command, ...args] = argv.map((part) => part.replace("{connection_file}", kernel.#file));
    kernel.started = performance.now();
    const env = { ...process.env, JUPYTER_DATA_DIR: scratch };
    kernel.#child = spawn(command, args, { cwd, env, stdio: ["ignore", "ignore", "inherit"] });
    return kernel;
  }

  async #drain() {
    // A client that does not read slows the kernel down.
    for await (const _ of this.#iopub);
  }

  async #ask(type, content) {
    await this.#shell.send(this.#wire.encode([], { type, content }));
    for (;;) {
      const message = this.#wire.decode(await this.#shell.receive());
      if (message.type === type.replace("request", "reply")) return message.content;
    }
  }

  /** Runs a cell, and returns its time in ms; throws where it fails. */
  async execute(code) {
    const start = performance.now();
    const content = { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false };
    const { status, evalue } = await this.#ask("execute_request", content);
    if (status !== "ok") throw new Error(`${code}: ${status} ${evalue}`);
    return performance.now() - start;
  }

  /** Runs the first cell; false where there is no reply in time. */
  async answers(code, patience) {
    let timer;
    const late = new Promise((resolve) => {
      timer = globalThis.setTimeout(() => resolve(false), patience);
    });
    const done = this.execute(code).then(() => true);
    done.catch(() => {});
    const isDone = await Promise.race([done, late]);
    clearTimeout(timer);
    this.firstResult = performance.now() - this.started;
    return isDone;
  }

  /** Completes at the end of the code, and returns the time in ms; throws where `expected` is not offered. */
  async complete(code, expected) {
    const start = performance.now();
    const { matches } = await this.#ask("complete_request", { code, cursor_pos: code.length });
    if (!matches?.includes(expected)) throw new Error(`${code}: no completion ${expected}`);
    return performance.now() - start;
  }

  /**
   * The memory of the kernel and the processes below it, in MiB, what several of them share in equal parts (PSS); null where
   * there is no /proc.
   */
  memory() {
    try {
      return tree(this.#child.pid).reduce((sum, pid) => sum + proportional(pid), 0);
    } catch {
      return null;
    }
  }

  /** Waits until the kernel has done what it does while nobody asks: until it takes no more processor time, or some seconds. */
  async idle() {
    const { pid } = this.#child;
    for (let round = 0, last = -1; round < 20; round += 1) {
      await setTimeout(1000);
      const ticks = existsSync("/proc") ? tree(pid).reduce((sum, one) => sum + processorTicks(one), 0) : 0;
      if (round > 3 && ticks - last <= 1) return;
      last = ticks;
    }
  }

  async stop() {
    const { exitCode, signalCode } = this.#child;
    const hasEnded = exitCode !== null || signalCode !== null;
    const gone = hasEnded ? undefined : new Promise((resolve) => this.#child.once("exit", resolve));
    this.#shell.close();
    this.#iopub.close();
    this.#child.kill();
    const timer = globalThis.setTimeout(() => this.#child.kill("SIGKILL"), 5000);
    await gone;
    clearTimeout(timer);
    rmSync(this.#file);
  }
}

function proportional(pid) {
  const [, kilobytes] = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8")) ?? [];
  return Number(kilobytes ?? 0) / 1024;
}

/** Hundredths of a second, in the program and in the system. */
function processorTicks(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

function tree(root) {
  const parents = readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const [, parent] = /PPid:\s+(\d+)/.exec(readFileSync(`/proc/${name}/status`, "utf8")) ?? [];
      return [[Number(name), Number(parent)]];
    } catch {
      return [];
    }
  });
  const below = (pid) =>
    parents.flatMap(([child, parent]) => (parent === pid ? [child, ...below(child)] : []));
  return [root, ...below(root)];
}
