import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Dealer, Request, Subscriber } from "zeromq";
import { Kernel } from "../../src/protocol/kernel.js";
import { Log } from "../../src/protocol/log.js";
import { type Connection, endpoint } from "../../src/protocol/wire/connection.js";
import { bindSockets } from "../../src/protocol/wire/sockets.js";
import { type JsonObject, type Message, Wire } from "../../src/protocol/wire/wire.js";
import { FakeSession } from "./fake-session.js";

/** A kernel in this process around a fake session, and a client of it. */
export class Harness {
  readonly wire: Wire;
  readonly folder: string;
  readonly logged: string[] = [];
  readonly connection: Connection;
  readonly shell: Dealer = new Dealer({ routingId: "client", linger: 0 });
  readonly control: Dealer = new Dealer({ routingId: "client", linger: 0 });
  readonly stdin: Dealer = new Dealer({ routingId: "client", linger: 0 });
  readonly iopub: Subscriber = new Subscriber({ linger: 0 });
  readonly hb: Request = new Request({ linger: 0 });
  session!: FakeSession;
  kernel!: Kernel;

  constructor(connection: Partial<Connection> = {}) {
    this.folder = mkdtempSync(join(tmpdir(), "convfuse-kernel-"));
    this.connection = {
      transport: "ipc",
      ip: join(this.folder, "socket"),
      ports: { shell: 1, iopub: 2, stdin: 3, control: 4, hb: 5 },
      key: "secret-key",
      hash: "sha256",
      curve: null,
      ...connection,
    };
    this.wire = new Wire(this.connection, "tester");
  }

  async start(cells: ConstructorParameters<typeof FakeSession>[0] = {}): Promise<void> {
    this.kernel = new Kernel({
      connection: this.connection,
      createSession: ({ onEvent }) => {
        this.session = new FakeSession(cells, onEvent);
        return this.session;
      },
      cwd: this.folder,
      historyFolder: join(this.folder, "history"),
      username: "kernel",
      log: new Log((line) => this.logged.push(line)),
    });
    this.kernel.listen(await bindSockets(this.connection));
    for (const channel of ["shell", "control", "stdin", "iopub", "hb"] as const) {
      this[channel].connect(endpoint(this.connection, channel));
    }
    this.iopub.subscribe();
    // The welcome says that the subscription has arrived.
    await this.published();
  }

  async stop(): Promise<void> {
    for (const channel of ["shell", "control", "stdin", "iopub", "hb"] as const) this[channel].close();
    await this.kernel.close();
    rmSync(this.folder, { recursive: true });
  }

  /** Sends a request, and returns the id of it. */
  async send(
    channel: "shell" | "control" | "stdin",
    type: string,
    content: JsonObject = {},
    buffers: readonly Uint8Array[] = [],
  ): Promise<string> {
    const frames = this.wire.encode([], { type, content, buffers });
    const header = JSON.parse(Buffer.from(frames[2] ?? []).toString()) as { msg_id: string };
    await this[channel].send(frames);
    return header.msg_id;
  }

  /** The frames with another header, signed anew. */
  resign(frames: readonly Uint8Array[], header: JsonObject): Uint8Array[] {
    const signed = [Buffer.from(JSON.stringify(header)), ...frames.slice(3)];
    const hmac = createHmac(this.connection.hash, this.connection.key);
    for (const frame of signed.slice(0, 4)) hmac.update(frame);
    return [Buffer.from("<IDS|MSG>"), Buffer.from(hmac.digest("hex")), ...signed];
  }

  async receive(channel: "shell" | "control" | "stdin"): Promise<Message> {
    return this.wire.decode(await this[channel].receive());
  }

  async published(): Promise<Message> {
    return this.wire.decode(await this.iopub.receive());
  }

  /** What is published for a request, up to its idle status. */
  async output(id: string): Promise<Message[]> {
    const messages: Message[] = [];
    for (;;) {
      const message = await this.published();
      if (message.parentHeader.msg_id !== id) continue;
      messages.push(message);
      if (message.content.execution_state === "idle") return messages;
    }
  }

  /** The names of what is published for a request, statuses by their state. */
  async outputTypes(id: string): Promise<string[]> {
    return (await this.output(id)).map(({ type, content }) =>
      type === "status" ? String(content.execution_state) : type,
    );
  }
}
