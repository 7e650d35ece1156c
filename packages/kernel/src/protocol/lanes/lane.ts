import { settleWithin } from "./settle-within.js";

/** A cell that waits for its turn. */
export interface Job {
  /** When the client made the request, in ms since 1970; NaN where it does not say. */
  readonly requestedAt: number;
  /** Runs the cell. `stop` tells whether what waits behind it is to be aborted. */
  run(): Promise<{ readonly stop: boolean; readonly finish: () => void }>;
  abort(): void;
}

/**
 * A shell, or one subshell: its cells run one after another, in the order in which they came. Other requests
 * wait for the cells before them, so that they see what these define, but not for a cell that takes long.
 */
export class Lane {
  /** How old the running cell may get before other requests no longer wait for it, in ms. */
  static readonly #patience = 1000;
  /**
   * A client that sends a whole notebook at once can still be sending when its first cell fails. What it sent
   * before it could know of the error, and arrives within this time (ms) of it, is aborted like the rest.
   */
  static readonly #stragglers = 100;

  #waiting: Job[] = [];
  #working: Promise<void> | null = null;
  #stoppedAt = Number.NEGATIVE_INFINITY;
  #startedAt = 0;
  #interrupted = false;

  push(job: Job): void {
    const now = Date.now();
    if (job.requestedAt < this.#stoppedAt && now - this.#stoppedAt < Lane.#stragglers) {
      job.abort();
      return;
    }
    this.#waiting.push(job);
    this.#working ??= this.#work();
  }

  /** Aborts what waits as soon as the running cell has ended, whatever that cell's request says of errors. */
  interrupt(): void {
    if (this.#working) this.#interrupted = true;
  }

  abortWaiting(): void {
    for (const job of this.#waiting.splice(0)) job.abort();
  }

  /** Settles when the cells that are in the lane have ended. */
  async settled(): Promise<void> {
    await this.#working;
  }

  /** Settles when the cells that are in the lane have ended, or when one of them takes long. */
  async reached(): Promise<void> {
    const age = Date.now() - this.#startedAt;
    if (this.#working) await settleWithin(Lane.#patience - age, this.#working);
  }

  async #work(): Promise<void> {
    for (let job = this.#waiting.shift(); job; job = this.#waiting.shift()) {
      this.#interrupted = false;
      this.#startedAt = Date.now();
      const { stop, finish } = await job.run();
      if (stop || this.#interrupted) {
        // What has arrived by now was sent before the client could see the error: take it in, then answer.
        await nextTurn();
        await nextTurn();
        const behind = this.#waiting.splice(0);
        this.#stoppedAt = Date.now();
        finish();
        for (const waiting of behind) waiting.abort();
      } else finish();
    }
    this.#working = null;
  }
}

/** Lets the event loop look at the sockets once. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
