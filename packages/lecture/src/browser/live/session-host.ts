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
   * The session, which is started where there is none, for this code to run first if any.
   * @throws {Error} if its scripts cannot be loaded, or the worker fails as it starts
   */
  open(first?: string): Promise<OpenSession> {
    this.#opening ??= this.#start(first);
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

  async #start(first: string | undefined): Promise<OpenSession> {
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
      const starting = startWorker(assets);
      // Also where the other script cannot be loaded.
      starting.then(({ worker }) => ended.then(() => worker.terminate())).catch(() => {});
      const [{ worker, broken }] = await Promise.all([starting, loadScript(`${assets}live-files.js`)]);
      if (!isCurrent()) throw new Error(await ended);
      const session = connectSession(worker, {
        files: decodedFiles(globalThis.convfuseFiles),
        ...(first === undefined ? {} : { first }),
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
      const isReady = session.isComplete("").then(() => undefined);
      const failed = await Promise.race([isReady, ended, broken]);
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

const workerScript = "session-worker.js";

/** `broken` resolves with the reason if the worker's script cannot be loaded, or fails as it starts. */
async function startWorker(
  assets: string,
): Promise<{ readonly worker: Worker; readonly broken: Promise<string> }> {
  const worker = await newWorker(assets);
  const broken = new Promise<string>((resolve) => {
    // One that has started reports by itself what its cells throw. One that cannot be loaded gives no
    // message.
    worker.onerror = (event) => {
      event.preventDefault();
      resolve(event.message || workerScript);
    };
  });
  return { worker, broken };
}

/**
 * A page that was opened from a file may start none from its address: it has the script's text in another.
 */
async function newWorker(assets: string): Promise<Worker> {
  if (location.protocol !== "file:") return new Worker(assets + workerScript);
  await loadScript(`${assets}live-worker.js`);
  const text = globalThis.convfuseSessionWorker ?? "";
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const worker = new Worker(url);
  URL.revokeObjectURL(url);
  return worker;
}

function decodedFiles(files: Readonly<Record<string, string>> = {}): ReadonlyMap<string, Uint8Array> {
  return new Map(Object.entries(files).map(([path, base64]) => [path, decoded(base64)]));
}

/** By a loop: `Uint8Array.from` takes ten times as long for a megabyte. */
function decoded(base64: string): Uint8Array {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
