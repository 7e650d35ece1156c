import type { CellError, SessionEvent } from "../session/types.js";
import type { Context, Exchange } from "./context.js";
import { Executions } from "./executions.js";
import { handlers, inOrder, interrupt } from "./handlers.js";
import { History } from "./history/history.js";
import { InputRequests } from "./input-requests.js";
import { settleWithin } from "./lanes/settle-within.js";
import { Subshells } from "./lanes/subshells.js";
import type { Log } from "./log.js";
import { OutputLimit } from "./output-limit.js";
import { Requests } from "./requests.js";
import { forward, type SessionFactory } from "./session-events.js";
import { StreamJoiner } from "./stream-joiner.js";
import { type Channel, type Connection, channels } from "./wire/connection.js";
import { errorContent } from "./wire/error-content.js";
import { Fields, RequestError } from "./wire/fields.js";
import { Publisher } from "./wire/publisher.js";
import { SendQueue } from "./wire/send-queue.js";
import type { Sockets } from "./wire/sockets.js";
import { type JsonObject, Wire, WireError } from "./wire/wire.js";

export interface KernelOptions {
  readonly connection: Connection;
  readonly createSession: SessionFactory;
  /** The notebook's folder. */
  readonly cwd: string;
  /** Null where what was run is not to be kept. */
  readonly historyFolder: string | null;
  readonly username: string;
  readonly log: Log;
}

/** Speaks the Jupyter messaging protocol, and hands the cells to a session, which starts at once. */
export class Kernel {
  /** How long a session may take to end before the kernel ends without it, in ms. */
  static readonly #patience = 3000;
  /** How long the session's cells may take to end once it is gone, in ms. */
  static readonly #lastWords = 500;

  /** Settles when the kernel has to end: 0 where somebody asked for it, 1 where its session is gone. */
  readonly ended: Promise<0 | 1>;

  readonly #context: Context;
  readonly #executions: Executions;
  readonly #queues: { readonly [channel in keyof Sockets]: SendQueue };
  readonly #wire: Wire;
  #sockets: Sockets | null = null;
  #closing = false;
  #end: (exitCode: 0 | 1) => void = () => undefined;
  #endSession: (error: CellError) => void = () => undefined;

  constructor({ connection, createSession, cwd, historyFolder, username, log }: KernelOptions) {
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    const sessionEnd = new Promise<CellError>((resolve) => {
      this.#endSession = resolve;
    });
    const onEvent = (event: SessionEvent): void => this.#onEvent(event);
    const session = Promise.resolve().then(() => createSession({ cwd, onEvent }));
    session.catch((error: unknown) => {
      log.warn("the session does not start", error);
      this.#sessionEnded("it did not start");
    });
    this.#wire = new Wire(connection, username);
    const queue = (channel: Channel): SendQueue =>
      new SendQueue((error) => {
        if (!this.#closing) log.warn(`cannot send on ${channel}`, error);
      });
    this.#queues = {
      shell: queue("shell"),
      control: queue("control"),
      stdin: queue("stdin"),
      iopub: queue("iopub"),
      hb: queue("hb"),
    };
    const requests = new Requests();
    const publisher = new Publisher(this.#wire, this.#queues.iopub);
    this.#context = {
      connection,
      session,
      sessionEnd,
      requests,
      history: new History(historyFolder, log),
      inputs: new InputRequests(this.#wire, this.#queues.stdin),
      limit: new OutputLimit((cell) => this.#stopFlood(cell)),
      log,
      publisher,
      streams: new StreamJoiner((parent, name, text) =>
        publisher.publish("stream", { name, text }, requests.get(parent)?.message.headerBytes),
      ),
      subshells: new Subshells(),
      stop: () => this.#end(0),
    };
    this.#executions = new Executions(this.#context);
    publisher.status("starting");
  }

  /** Begins to listen on sockets that are bound. */
  listen(sockets: Sockets): void {
    this.#sockets = sockets;
    for (const channel of channels) this.#queues[channel].attach(sockets[channel]);
    const loops = [
      this.#receive("shell", sockets.shell, (frames) => this.#dispatch(frames, "shell")),
      this.#receive("control", sockets.control, (frames) => this.#dispatch(frames, "control")),
      this.#receive("stdin", sockets.stdin, (frames) => this.#answerInput(frames)),
      this.#receive("hb", sockets.hb, (frames) => this.#queues.hb.send(frames)),
      this.#receive("iopub", sockets.iopub, ([frame]) => {
        // A subscription is 1 and a topic; what ends one is 0 and the topic.
        if (frame?.[0] === 1) this.#context.publisher.welcome(frame.subarray(1));
      }),
    ];
    void Promise.all(loops);
  }

  /** What SIGINT means: the same as an interrupt_request. */
  interrupt(): void {
    interrupt(this.#context).catch((error: unknown) => this.#context.log.warn("interrupt failed", error));
  }

  /** Ends the session, lets go what is still to be sent, and closes the sockets. */
  async close(): Promise<void> {
    const { history, session, streams } = this.#context;
    this.#closing = true;
    const shutdown = session.then((started) => started.shutdown()).catch(() => undefined);
    await settleWithin(Kernel.#patience, shutdown);
    streams.flush();
    await Promise.all(channels.map((channel) => this.#queues[channel].flushed()));
    for (const channel of channels) this.#sockets?.[channel].close();
    await history.flushed();
  }

  /** One message that cannot be handled must not keep the kernel from the next. */
  async #receive(
    channel: Channel,
    socket: AsyncIterable<Buffer[]>,
    handle: (frames: Buffer[]) => void,
  ): Promise<void> {
    for await (const frames of socket) {
      try {
        handle(frames);
      } catch (error) {
        const dropped = error instanceof WireError;
        this.#context.log.warn(`message dropped on ${channel}`, dropped ? error.message : error);
      }
    }
  }

  #dispatch(frames: Buffer[], channel: "shell" | "control"): void {
    const message = this.#wire.decode(frames);
    const exchange: Exchange = {
      message,
      channel,
      reply: (draft) =>
        this.#queues[channel].send(
          this.#wire.encode(message.identities, {
            type: message.type.replace(/_request$/, "_reply"),
            parent: message.headerBytes,
            ...draft,
          }),
        ),
    };
    void this.#handle(exchange);
  }

  async #handle(exchange: Exchange): Promise<void> {
    const { message, channel } = exchange;
    const { log, publisher, subshells } = this.#context;
    const handler = Object.hasOwn(handlers, message.type) ? handlers[message.type] : undefined;
    let content: JsonObject | null = null;
    let busy = false;
    try {
      const lane = channel === "control" ? subshells.control : subshells.get(message.header.subshell_id);
      if (message.type === "execute_request") {
        this.#executions.submit(exchange, lane);
        return;
      }
      if (inOrder.has(message.type)) await lane.reached();
      publisher.status("busy", message.headerBytes);
      busy = true;
      if (handler) {
        content = await handler(new Fields(message.type, message.content), this.#context, message);
      } else log.warn("message ignored", `${channel} has no ${message.type.slice(0, 80)}`);
    } catch (error) {
      if (!(error instanceof RequestError)) log.warn("request failed", error);
      if (message.type.endsWith("_request")) content = errorContent(error);
      if (!busy) publisher.status("busy", message.headerBytes);
    }
    if (content) exchange.reply({ content });
    publisher.status("idle", message.headerBytes);
  }

  #answerInput(frames: Buffer[]): void {
    const { inputs, log, session } = this.#context;
    const message = this.#wire.decode(frames);
    if (message.type !== "input_reply" || !inputs.answered(message)) {
      log.warn("message ignored", "nobody asked for this input");
      return;
    }
    const value = new Fields(message.type, message.content).text("value", "");
    void session.then((started) => started.answerInput(value));
  }

  #stopFlood(cell: string): void {
    const text = `\nThe kernel stopped this cell: it wrote more than ${OutputLimit.limit / 1e6} MB.\n`;
    this.#context.streams.write(cell, "stderr", text);
    this.interrupt();
  }

  #onEvent(event: SessionEvent): void {
    if (event.type === "exit") this.#sessionEnded(event.reason);
    else forward(event, this.#context);
  }

  /**
   * Without its session the kernel is dead: it tells the running cells, and ends, so that the client sees it.
   */
  #sessionEnded(reason: string): void {
    if (this.#closing) return;
    const evalue = `the TypeScript session has ended: ${reason}`;
    this.#context.log.warn("session", evalue);
    const lanes = this.#context.subshells.all();
    for (const lane of lanes) lane.interrupt();
    const settled = Promise.all(lanes.map((lane) => lane.settled()));
    // The session may have more to say to its cells than that it is gone.
    void settleWithin(Kernel.#lastWords, settled)
      .then(() => this.#endSession({ ename: "SessionEnded", evalue, traceback: [`SessionEnded: ${evalue}`] }))
      .then(() => settled)
      .then(() => this.#end(1));
  }
}
