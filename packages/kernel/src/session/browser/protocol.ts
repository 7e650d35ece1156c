import type { Session, SessionEvent } from "../types.js";

/** How a page tells its worker which run to end, while that keeps messages from coming in. */
export type InterruptSource =
  /** A number in memory that both share. */
  | { readonly kind: "memory"; readonly word: Int32Array }
  /** Blobs that the page takes back: each is asked for until it is gone. */
  | { readonly kind: "blob"; readonly url: string };

/** How much of one run's output a page wants. */
export interface OutputLimits {
  /** Characters of what is written to stdout and stderr. */
  readonly characters: number;
  /** Displays and results. */
  readonly outputs: number;
}

/** What a run's output had beyond its limits since this was last said. */
export interface LeftOut {
  /** The run, by the id that `execute` was given. */
  readonly parent: string;
  /** Characters of what it wrote to stdout and stderr. */
  readonly characters: number;
  /** Displays and results, and messages of which there were too many at once. */
  readonly outputs: number;
}

/** What a session is asked and answers, as the page calls it. */
export type SessionCalls = Omit<Session, "answerInput" | "comm" | "debug" | "interrupt" | "shutdown">;

/** The first message, which is the only one that the worker itself gets: the others come by `port`. */
export interface OpenMessage {
  readonly type: "convfuse-open";
  readonly port: MessagePort;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly source: InterruptSource;
  readonly limits: OutputLimits;
  readonly first?: string;
}

export type ToWorker =
  | {
      readonly type: "call";
      readonly id: number;
      readonly method: keyof SessionCalls;
      readonly args: readonly unknown[];
    }
  | { readonly type: "input"; readonly value: string }
  | { readonly type: "comm"; readonly message: Parameters<Session["comm"]>[0] }
  /** `source` takes the place of the one that was used up. */
  | { readonly type: "interrupt"; readonly source?: InterruptSource };

export type FromWorker =
  | { readonly type: "event"; readonly event: SessionEvent }
  | ({ readonly type: "leftOut" } & LeftOut)
  | { readonly type: "answer"; readonly id: number; readonly result?: unknown; readonly fault?: string }
  /** A run begins, by its number. */
  | { readonly type: "running"; readonly sequence: number };
