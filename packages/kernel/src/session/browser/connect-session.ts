import type { ExecuteReply, Session, SessionEvent } from "../types.js";
import type {
  FromWorker,
  InterruptSource,
  LeftOut,
  OpenMessage,
  OutputLimits,
  SessionCalls,
  ToWorker,
} from "./protocol.js";

export type { Session, SessionEvent } from "../types.js";
export type { LeftOut, OutputLimits } from "./protocol.js";

/** The options of {@link connectSession}. */
export interface BrowserSessionOptions {
  /** Hears every output and request, in order. */
  readonly onEvent: (event: SessionEvent) => void;
  /** What cells can read with `readFileSync`, by path from the notebook's folder. Default: no file. */
  readonly files?: ReadonlyMap<string, Uint8Array>;
  /**
   * The code of the cell that will be executed first, where that is known: the session then begins with what
   * this code needs, which takes less time than to get ready for any cell. Default: it is not known.
   */
  readonly first?: string;
  /**
   * How much of each run's output the page wants, without limits by default: what is beyond them never leaves
   * the worker.
   */
  readonly limits?: Partial<OutputLimits>;
  /**
   * Told how much of a run's output was beyond the limits, every now and then, as long as there is more.
   * Default: nobody is told.
   */
  readonly onLeftOut?: (leftOut: LeftOut) => void;
}

/**
 * A TypeScript session in a worker that runs `dist/browser/worker.js`, as the package's README shows. The
 * page keeps the worker: it can end it at any time, which `shutdown` does too.
 * @param worker one that has begun to run the script, and that nobody has sent a message
 * @param options who hears what the session emits, the files that it has, and how much output the page wants
 * @example
 * const worker = new Worker(URL.createObjectURL(new Blob([workerScript], { type: "text/javascript" })));
 * const session = connectSession(worker, { onEvent: console.log });
 * await session.execute({ id: "1", code: "1 + 1", executionCount: 1 });
 * await session.diagnose("1 +"); // [{"start": 2, "end": 3, "code": "TS1109", "message": "Expression expected."}]
 */
export function connectSession(worker: Worker, options: BrowserSessionOptions): Session {
  return new WorkerSession(worker, options);
}

interface Waiter {
  readonly method: keyof SessionCalls;
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

class WorkerSession implements Session {
  readonly #worker: Worker;
  readonly #onEvent: (event: SessionEvent) => void;
  readonly #onLeftOut: (leftOut: LeftOut) => void;
  readonly #port: MessagePort;
  readonly #waiting = new Map<number, Waiter>();
  readonly #word: Int32Array | undefined;
  #blob: string | undefined;
  #count = 0;
  #running = 0;
  #isOver = false;

  constructor(worker: Worker, options: BrowserSessionOptions) {
    const { onEvent, files = new Map(), first, limits, onLeftOut } = options;
    this.#worker = worker;
    this.#onEvent = onEvent;
    this.#onLeftOut = onLeftOut ?? (() => {});
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#receive(data);
    // Only a page that is isolated from others may share memory with its worker.
    this.#word = globalThis.crossOriginIsolated ? new Int32Array(new SharedArrayBuffer(4)) : undefined;
    const open: OpenMessage = {
      type: "convfuse-open",
      port: port2,
      files,
      source: this.#source(),
      limits: { characters: Number.POSITIVE_INFINITY, outputs: Number.POSITIVE_INFINITY, ...limits },
      ...(first === undefined ? {} : { first }),
    };
    worker.postMessage(open, [port2]);
  }

  execute(request: Parameters<Session["execute"]>[0]): Promise<ExecuteReply> {
    return this.#call("execute", request);
  }

  complete(code: string, cursor: number): ReturnType<Session["complete"]> {
    return this.#call("complete", code, cursor);
  }

  inspect(code: string, cursor: number, detailLevel: 0 | 1): ReturnType<Session["inspect"]> {
    return this.#call("inspect", code, cursor, detailLevel);
  }

  isComplete(code: string): ReturnType<Session["isComplete"]> {
    return this.#call("isComplete", code);
  }

  diagnose(...args: Parameters<Session["diagnose"]>): ReturnType<Session["diagnose"]> {
    return this.#call("diagnose", ...args);
  }

  parameterCell(...args: Parameters<Session["parameterCell"]>): ReturnType<Session["parameterCell"]> {
    return this.#call("parameterCell", ...args);
  }

  variables(reference?: number, start?: number, count?: number): ReturnType<Session["variables"]> {
    return this.#call("variables", reference, start, count);
  }

  variableBundle(name: string): ReturnType<Session["variableBundle"]> {
    return this.#call("variableBundle", name);
  }

  commInfo(): ReturnType<Session["commInfo"]> {
    return this.#call("commInfo");
  }

  answerInput(value: string): void {
    this.#send({ type: "input", value });
  }

  comm(message: Parameters<Session["comm"]>[0]): void {
    this.#send({ type: "comm", message });
  }

  /**
   * Ends the running cell: one that computes finds the word in shared memory, or the blob gone; one that
   * waits gets the message.
   */
  interrupt(): void {
    if (![...this.#waiting.values()].some(({ method }) => method === "execute")) return;
    if (this.#word) {
      Atomics.store(this.#word, 0, this.#running);
      this.#send({ type: "interrupt" });
      return;
    }
    if (this.#blob !== undefined) URL.revokeObjectURL(this.#blob);
    this.#send({ type: "interrupt", source: this.#source() });
  }

  /** Ends the worker, whatever it does. */
  shutdown(): Promise<void> {
    if (this.#isOver) return Promise.resolve();
    this.#isOver = true;
    this.#worker.terminate();
    this.#port.close();
    if (this.#blob !== undefined) URL.revokeObjectURL(this.#blob);
    for (const { method, resolve, reject } of this.#waiting.values())
      if (method === "execute") resolve(overReply as never);
      else reject(new Error(overText));
    this.#waiting.clear();
    return Promise.resolve();
  }

  #source(): InterruptSource {
    if (this.#word) return { kind: "memory", word: this.#word };
    this.#blob = URL.createObjectURL(new Blob(["."], { type: "text/plain" }));
    return { kind: "blob", url: this.#blob };
  }

  #call<M extends keyof SessionCalls>(
    method: M,
    ...args: Parameters<SessionCalls[M]>
  ): ReturnType<SessionCalls[M]> {
    const answer = new Promise<never>((resolve, reject) => {
      if (this.#isOver) {
        if (method === "execute") resolve(overReply as never);
        else reject(new Error(overText));
        return;
      }
      const id = ++this.#count;
      this.#waiting.set(id, { method, resolve, reject });
      this.#send({ type: "call", id, method, args });
    });
    return answer as ReturnType<SessionCalls[M]>;
  }

  #send(message: ToWorker): void {
    this.#port.postMessage(message);
  }

  #receive(message: FromWorker): void {
    if (this.#isOver) return;
    switch (message.type) {
      case "event":
        this.#onEvent(message.event);
        break;
      case "leftOut":
        this.#onLeftOut(message);
        break;
      case "running":
        this.#running = message.sequence;
        break;
      case "answer": {
        const waiter = this.#waiting.get(message.id);
        this.#waiting.delete(message.id);
        if (message.fault === undefined) waiter?.resolve(message.result as never);
        else waiter?.reject(new Error(message.fault));
        break;
      }
    }
  }
}

const overText = "the session is over: its worker was ended";
const overReply: ExecuteReply = {
  status: "error",
  ename: "SessionExit",
  evalue: overText,
  traceback: [`SessionExit: ${overText}`],
};
