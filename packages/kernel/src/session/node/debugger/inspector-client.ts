import type { Duplex } from "node:stream";
import { encodeFrame, frameDecoder } from "../framing.js";

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

type Incoming = Answer | { readonly method: string; readonly params: unknown };

/**
 * What the inspector of the session's runtime is called by: the DevTools protocol through the pipe of its
 * thread.
 */
export class InspectorClient {
  readonly #pipe: Duplex;
  readonly #waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  readonly #onEvent: (method: string, params: unknown) => void;
  #count = 0;
  #isClosed = false;

  constructor(pipe: Duplex, onEvent: (method: string, params: unknown) => void) {
    this.#pipe = pipe;
    this.#onEvent = onEvent;
    pipe.on(
      "data",
      frameDecoder((frame) => this.#receive(frame as Incoming)),
    );
    // A process that ends breaks the pipe, which is seen in another way.
    pipe.on("error", () => {});
    pipe.on("close", () => {
      this.#isClosed = true;
      for (const { reject } of this.#waiting.values()) reject(new Error("the session is over"));
      this.#waiting.clear();
    });
  }

  /** The result of a method of the protocol, or of "connect" and "disconnect". */
  post<Result = unknown>(method: string, params?: object): Promise<Result> {
    if (this.#isClosed) return Promise.reject(new Error("the session is over"));
    const id = ++this.#count;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: (result) => resolve(result as Result), reject });
      this.#pipe.write(encodeFrame({ id, method, params }));
    });
  }

  #receive(frame: Incoming): void {
    if ("method" in frame) {
      this.#onEvent(frame.method, frame.params);
      return;
    }
    const waiting = this.#waiting.get(frame.id);
    this.#waiting.delete(frame.id);
    if (frame.error !== undefined) waiting?.reject(new Error(frame.error));
    else waiting?.resolve(frame.result);
  }
}
