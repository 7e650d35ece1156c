import type { Session, SessionEvent } from "@convfuse/kernel";
import { connectSession, type LeftOut } from "@convfuse/kernel/browser";
import { mostOutputs, mostText } from "./limited-events.js";
import { loadScript } from "./load-script.js";

/** `data-session` of the page's root. */
export type SessionState = "none" | "loading" | "ready" | "dead";

/** A session that was started. */
export interface OpenSession {
  readonly session: Session;
  /**
   * Settles when its worker is gone, with the reason. What the session was asked before may then never
   * settle.
   */
  readonly ended: Promise<string>;
}

export interface SessionHostOptions {
  /** The address of the site's assets. */
  readonly assets: string;
  readonly onEvent: (event: SessionEvent) => void;
  /** Told of output that was too much for a page, and stayed in the worker. */
  readonly onLeftOut: (leftOut: LeftOut) => void;
  readonly onState: (state: SessionState, reason: string) => void;
}

/** Starts and ends the worker that runs a page's cells. */
export class SessionHost {
  readonly #options: SessionHostOptions;
  #state: SessionState = "none";
  #opening: Promise<OpenSession> | undefined;
  #end: ((reason: string) => void) | undefined;
  #startTime = 0;

  constructor(options: SessionHostOptions) {
    this.#options = options;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** How long the session took to start, in milliseconds: what a while is on the reader's machine. */
  get startTime(): number {
    return this.#startTime;
  }

  /**
   * The session, which is started where there is none.
   * @throws {Error} if its scripts cannot be loaded, or the worker fails as it starts
   */
  open(): Promise<OpenSession> {
    this.#opening ??= this.#start();
    return this.#opening;
  }

  /** The session if it is ready. */
  current(): Promise<OpenSession> | undefined {
    return this.#state === "ready" ? this.#opening : undefined;
  }

  /** Ends the worker, with all variables; without a reason, as if there had been none. */
  end(reason?: string): void {
    this.#opening = undefined;
    this.#end?.(reason ?? "");
    this.#end = undefined;
    this.#become(reason === undefined ? "none" : "dead", reason ?? "");
  }

  async #start(): Promise<OpenSession> {
    this.#become("loading", "");
    const { assets, onEvent, onLeftOut } = this.#options;
    const begin = performance.now();
    let end!: (reason: string) => void;
    const ended = new Promise<string>((resolve) => {
      end = resolve;
    });
    this.#end = end;
    const isCurrent = (): boolean => this.#end === end;
    try {
      await Promise.all([loadScript(`${assets}live-worker.js`), loadScript(`${assets}live-files.js`)]);
      if (!isCurrent()) throw new Error(await ended);
      const url = URL.createObjectURL(
        new Blob([globalThis.convfuseSessionWorker ?? ""], { type: "text/javascript" }),
      );
      const worker = new Worker(url);
      URL.revokeObjectURL(url);
      ended.then(() => worker.terminate());
      // A worker that has started reports by itself what its cells throw.
      worker.onerror = (event) => {
        event.preventDefault();
        if (isCurrent() && this.#state === "loading") this.end(event.message);
      };
      const session = connectSession(worker, {
        files: decodedFiles(globalThis.convfuseFiles),
        limits: { characters: mostText, outputs: mostOutputs },
        onLeftOut: (leftOut) => {
          if (isCurrent()) onLeftOut(leftOut);
        },
        onEvent: (event) => {
          if (!isCurrent()) return;
          if (event.type === "exit") this.end(event.reason);
          else onEvent(event);
        },
      });
      const failed = await Promise.race([session.isComplete("").then(() => undefined), ended]);
      if (failed !== undefined) throw new Error(failed);
      this.#startTime = performance.now() - begin;
      this.#become("ready", "");
      return { session, ended };
    } catch (error) {
      if (isCurrent()) this.end();
      throw error;
    }
  }

  #become(state: SessionState, reason: string): void {
    this.#state = state;
    this.#options.onState(state, reason);
  }
}

function decodedFiles(files: Readonly<Record<string, string>> = {}): ReadonlyMap<string, Uint8Array> {
  return new Map(
    Object.entries(files).map(([path, base64]) => [
      path,
      Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)),
    ]),
  );
}
