import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { type Kernel, KernelMessage, ServerConnection } from "@jupyterlab/services";
import { KernelConnection } from "@jupyterlab/services/lib/kernel/default.js";
import type { KernelEnvironment } from "../../support/kernel-environment.js";
import { KernelProcess, type KernelSpec } from "./kernel-process.js";
import { type RawConnection, RawSocket } from "./socket.js";

/** In ms. */
const RETRY = 500;

/** A kernel without a server: its process, and JupyterLab's client on its sockets. */
export class RawKernel {
  process!: KernelProcess;
  client!: KernelConnection;
  /** All processes that it ever had. */
  readonly processes: Set<number> = new Set<number>();
  readonly #spec: KernelSpec;
  readonly #cwd: string;
  readonly #environment: KernelEnvironment;
  #socket!: RawSocket;

  constructor(spec: KernelSpec, cwd: string, environment: KernelEnvironment) {
    this.#spec = spec;
    this.#cwd = cwd;
    this.#environment = environment;
  }

  /** The messages that could not be read or sent since this was asked. */
  takeFaults(): readonly unknown[] {
    return this.#socket.faults.splice(0);
  }

  /** VS Code waits for the ports; in an experiment of its, ZeroMQ has to keep what is sent to them too early. */
  async start({ waitForPorts }: { readonly waitForPorts: boolean }): Promise<void> {
    this.process = await KernelProcess.launch(this.#spec, this.#cwd, this.#environment);
    if (waitForPorts) await this.process.portsAreUsed();
    const { client, socket } = connect(this.process.connection);
    this.client = client;
    this.#socket = socket;
    await this.#answers();
    for (const pid of [this.process.pid, ...(await this.process.children())]) this.processes.add(pid);
  }

  /** Another process with other ports and another client; the old ones are let go. */
  async restart(options: { readonly waitForPorts: boolean }): Promise<void> {
    const disposed = this.dispose();
    await this.start(options);
    await disposed;
  }

  async dispose(): Promise<void> {
    const { client, process } = this;
    client.dispose();
    await process.dispose();
  }

  /** On the shell channel, where it must not wait for the running cell. */
  async interrupt(): Promise<void> {
    const message = this.#message("interrupt_request", "shell");
    await this.client.sendShellMessage(message, true, true).done;
  }

  execute(
    code: string,
    content: Partial<KernelMessage.IExecuteRequestMsg["content"]> = {},
  ): Kernel.IShellFuture<KernelMessage.IExecuteRequestMsg, KernelMessage.IExecuteReplyMsg> {
    const cell = { silent: false, stop_on_error: false, allow_stdin: true, store_history: true };
    // The future lives on: what is shown later belongs to the cell too.
    return this.client.requestExecute({ code, ...cell, ...content }, false, { cellId: randomUUID() });
  }

  /** Asks who it is on both channels, until it has answered and been heard on iopub. */
  async #answers(): Promise<void> {
    const published = new Promise<void>((resolve) => this.client.iopubMessage.connect(() => resolve()));
    const requests: Promise<unknown>[] = [];
    let ready = false;
    while (!ready) {
      const control = this.#message("kernel_info_request", "control") as unknown;
      requests.push(
        this.client.sendControlMessage(control as KernelMessage.IDebugRequestMsg, true, true).done,
        this.client.requestKernelInfo(),
      );
      const answered = Promise.all([published, Promise.any(requests)]).then(() => true);
      ready = await Promise.race([answered, setTimeout(RETRY, false)]);
    }
  }

  #message(msgType: "interrupt_request" | "kernel_info_request", channel: "shell" | "control") {
    const { username, clientId: session } = this.client;
    // The package has no name for some of these, and knows others on one channel only.
    return KernelMessage.createMessage<KernelMessage.IInfoRequestMsg>({
      ...{ msgType: msgType as "kernel_info_request", channel: channel as "shell" },
      ...{ username, session, content: {} },
    });
  }
}

function connect(connection: RawConnection): { client: KernelConnection; socket: RawSocket } {
  const socket = new RawSocket(connection, randomUUID());
  class WebSocket {
    constructor() {
      // biome-ignore lint/correctness/noConstructorReturn: the client makes its socket by itself, and takes no other.
      return socket;
    }
  }
  const client = new KernelConnection({
    model: { id: randomUUID(), name: connection.kernel_name },
    clientId: randomUUID(),
    username: randomUUID(),
    handleComms: true,
    serverSettings: ServerConnection.makeSettings({
      WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
      wsUrl: "RAW",
    }),
  });
  socket.onopen({});
  return { client, socket };
}
