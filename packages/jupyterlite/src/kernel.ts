import type { LeftOut, Session, SessionEvent } from "@convfuse/kernel/browser";
import { connectSession } from "@convfuse/kernel/browser";
import type { KernelMessage } from "@jupyterlab/services";
import type { IKernel } from "@jupyterlite/services";
import { type ISignal, Signal } from "@lumino/signaling";
import { kernelInfo } from "./kernel-info.js";
import { type Header, Outlet } from "./outlet.js";
import { forward } from "./session-events.js";

type Failure = Extract<Awaited<ReturnType<Session["execute"]>>, { readonly status: "error" }>;

/** Cells whose late output still finds them: more than a notebook has. */
const keptHeaders = 1000;

interface LiteKernelOptions extends IKernel.IOptions {
  /** A worker that runs the kernel's `dist/browser/worker.js`. */
  readonly worker: Worker;
  /** What cells can read, by path from the notebook's folder. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * How much output of one run JupyterLab is handed: it draws all that it has of a text again with each piece
 * that comes, and a flood of displays keeps it from everything else.
 */
const limits = { characters: 200_000, outputs: 500 };

/**
 * A session in a worker, as JupyterLite talks to kernels: one message at a time, the next when the last is
 * answered.
 */
export class LiteKernel implements IKernel {
  readonly id: string;
  readonly name: string;
  readonly location: string;
  /** Messages wait for the worker by themselves. */
  readonly ready: Promise<void> = Promise.resolve();
  readonly #outlet: Outlet;
  readonly #session: Session;
  readonly #disposed = new Signal<this, void>(this);
  readonly #history: [number, number, string][] = [];
  readonly #headers = new Map<string, Header>();
  readonly #leftOut = new Map<string, Pick<LeftOut, "characters" | "outputs">>();
  #last: Header | undefined;
  #executionCount = 0;
  #failure: string | undefined;
  #isDisposed = false;

  constructor({ id, name, location, sendMessage, worker, files }: LiteKernelOptions) {
    this.id = id;
    this.name = name;
    this.location = location;
    this.#outlet = new Outlet((message) => {
      if (!this.#isDisposed) sendMessage(message);
    });
    this.#session = connectSession(worker, {
      files,
      onEvent: (event) => this.#forward(event),
      limits,
      onLeftOut: (leftOut) => this.#leave(leftOut),
    });
    // A worker that has started reports by itself what its cells throw: this is one that cannot start.
    worker.onerror = ({ message }) => {
      this.#fail(`the kernel's worker cannot start${message ? `: ${message}` : ""}`);
    };
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  get disposed(): ISignal<this, void> {
    return this.#disposed;
  }

  /** Ends the worker, whatever it does; a restart makes another kernel. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    void this.#session.shutdown();
    this.#disposed.emit();
    Signal.clearData(this);
  }

  /** Ends the running cell and keeps the variables. */
  interrupt(): void {
    this.#session.interrupt();
  }

  async handleMessage(message: KernelMessage.IMessage): Promise<void> {
    const parent = message.header as Header;
    // It belongs to a request that is still being answered.
    if (parent.msg_type === "input_reply") {
      const { content } = message as KernelMessage.IInputReplyMsg;
      this.#session.answerInput("value" in content ? content.value : "");
      return;
    }
    this.#remember(parent);
    this.#outlet.publish("status", { execution_state: "busy" }, parent);
    try {
      await this.#answer(message as KernelMessage.Message, parent);
    } catch (fault) {
      // What a session that has ended says of itself; a cell's errors are its outputs.
      const evalue = this.#failure ?? (fault instanceof Error ? fault.message : String(fault));
      const type = parent.msg_type.replace(/_request$/, "_reply");
      if (type !== parent.msg_type)
        this.#outlet.reply(type, { status: "error", ename: "SessionExit", evalue, traceback: [] }, parent);
    } finally {
      this.#outlet.publish("status", { execution_state: "idle" }, parent);
    }
  }

  async #answer({ header, content, ...message }: KernelMessage.Message, parent: Header): Promise<void> {
    const session = this.#session;
    switch (header.msg_type) {
      case "kernel_info_request":
        this.#outlet.reply("kernel_info_reply", kernelInfo, parent);
        break;
      case "execute_request":
        await this.#execute(content as KernelMessage.IExecuteRequestMsg["content"], parent);
        break;
      case "complete_request": {
        const { code, cursor_pos } = content as KernelMessage.ICompleteRequestMsg["content"];
        const { matches, cursorStart, cursorEnd, metadata } = await session.complete(code, cursor_pos);
        const range = { cursor_start: cursorStart, cursor_end: cursorEnd };
        this.#outlet.reply("complete_reply", { status: "ok", matches, ...range, metadata }, parent);
        break;
      }
      case "inspect_request": {
        const asked = content as KernelMessage.IInspectRequestMsg["content"];
        const level = asked.detail_level === 1 ? 1 : 0;
        const { found, data } = await session.inspect(asked.code, asked.cursor_pos, level);
        this.#outlet.reply("inspect_reply", { status: "ok", found, data, metadata: {} }, parent);
        break;
      }
      case "is_complete_request": {
        const { code } = content as KernelMessage.IIsCompleteRequestMsg["content"];
        this.#outlet.reply("is_complete_reply", await session.isComplete(code), parent);
        break;
      }
      case "history_request":
        this.#outlet.reply("history_reply", { status: "ok", history: this.#history }, parent);
        break;
      case "comm_info_request": {
        const { target_name } = content as KernelMessage.ICommInfoRequestMsg["content"];
        const comms = Object.entries(await session.commInfo()).filter(
          ([, comm]) => target_name === undefined || comm.target_name === target_name,
        );
        this.#outlet.reply("comm_info_reply", { status: "ok", comms: Object.fromEntries(comms) }, parent);
        break;
      }
      case "comm_open":
      case "comm_msg":
      case "comm_close": {
        const { comm_id, data, target_name } = content as KernelMessage.ICommOpenMsg["content"];
        session.comm({
          type: header.msg_type,
          parent: header.msg_id,
          commId: comm_id,
          ...(target_name === undefined ? {} : { targetName: target_name }),
          data: data as never,
          metadata: message.metadata as never,
          buffers: (message.buffers ?? []).map((part) =>
            ArrayBuffer.isView(part)
              ? new Uint8Array(part.buffer as ArrayBuffer, part.byteOffset, part.byteLength)
              : new Uint8Array(part),
          ),
        });
        break;
      }
    }
  }

  async #execute(request: KernelMessage.IExecuteRequestMsg["content"], parent: Header): Promise<void> {
    const { code, silent = false, store_history = !silent, user_expressions, allow_stdin } = request;
    if (store_history) {
      this.#executionCount++;
      this.#history.push([0, this.#executionCount, code]);
    }
    const count = { execution_count: this.#executionCount };
    if (!silent) this.#outlet.publish("execute_input", { code, ...count }, parent);
    const reply =
      this.#failure === undefined
        ? await this.#session.execute({
            id: parent.msg_id,
            code,
            executionCount: this.#executionCount,
            silent,
            userExpressions: (user_expressions ?? {}) as { readonly [name: string]: string },
            allowStdin: allow_stdin ?? true,
          })
        : overReply(this.#failure);
    this.#tellLeftOut(parent);
    if (reply.status === "ok") {
      const { status, userExpressions, payload } = reply;
      this.#outlet.reply(
        "execute_reply",
        { status, user_expressions: userExpressions, payload, ...count },
        parent,
      );
      return;
    }
    // A session that is over can no longer say so itself.
    const { ename, evalue, traceback } = this.#failure === undefined ? reply : overReply(this.#failure);
    if (this.#failure !== undefined) this.#outlet.publish("error", { ename, evalue, traceback }, parent);
    this.#outlet.reply("execute_reply", { status: "error", ename, evalue, traceback, ...count }, parent);
  }

  #leave({ parent, characters, outputs }: LeftOut): void {
    const before = this.#leftOut.get(parent) ?? { characters: 0, outputs: 0 };
    this.#leftOut.set(parent, {
      characters: before.characters + characters,
      outputs: before.outputs + outputs,
    });
  }

  /** Says how much of a run's output was too much. */
  #tellLeftOut(parent: Header): void {
    const { characters = 0, outputs = 0 } = this.#leftOut.get(parent.msg_id) ?? {};
    this.#leftOut.delete(parent.msg_id);
    const parts = [
      characters > 0 ? `${characters.toLocaleString("en")} more characters` : [],
      outputs > 0 ? `${outputs.toLocaleString("en")} more outputs` : [],
    ].flat();
    if (parts.length > 0) this.#outlet.print("stderr", `\n… ${parts.join(" and ")} are not shown\n`, parent);
  }

  #forward(event: SessionEvent): void {
    if (event.type === "clear_output") this.#leftOut.delete(event.parent);
    if (event.type === "exit") {
      this.#fail(event.reason);
      return;
    }
    // Nothing is stopped in a browser.
    if (event.type === "debug") return;
    const parent = this.#headers.get(event.parent) ?? this.#last;
    if (parent !== undefined) forward(event, this.#outlet, parent, this.#executionCount);
  }

  /** Says that the kernel is dead; a restart gives another. */
  #fail(reason: string): void {
    if (this.#failure !== undefined || this.#isDisposed) return;
    this.#failure = reason;
    // Cells that run are answered.
    void this.#session.shutdown();
    if (this.#last !== undefined) this.#outlet.publish("status", { execution_state: "dead" }, this.#last);
  }

  #remember(parent: Header): void {
    this.#last = parent;
    if (parent.msg_type !== "execute_request") return;
    this.#headers.set(parent.msg_id, parent);
    const [oldest] = this.#headers.keys();
    if (this.#headers.size > keptHeaders && oldest !== undefined) this.#headers.delete(oldest);
  }
}

function overReply(reason: string): Failure {
  const evalue = `${reason}; restart the kernel`;
  return { status: "error", ename: "SessionExit", evalue, traceback: [`SessionExit: ${evalue}`] };
}
