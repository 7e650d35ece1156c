import type { Checker } from "../../checker/checker.js";
import type { ReadInTurns } from "../../checker/read-in-turns.js";
import { expectedImports } from "./expected-imports.js";

/**
 * For how long nobody must have asked anything, in milliseconds: cells that run one after the other are not
 * slowed down.
 */
const quiet = 500;

/**
 * How much memory this process may take with what it reads ahead, in bytes: a kernel that nobody uses is to
 * stay below 220 MiB with the front door's and the runtime's processes, of whose own memory some 25 MiB are,
 * and of whose code 10 MiB that the checker's does without.
 */
const mostMemory = 177 * 2 ** 20;

/** What a node takes there with the names that belong to it, in bytes: 500 on Node 20, 700 on 24. */
const bytesPerNode = 600;

/**
 * Reads ahead what cells may import, while nobody asks anything: the first import of a large package then
 * finds it parsed. A request that comes meanwhile waits for a millisecond, as `sent` says at any time how
 * many there were.
 */
export class IdleReading {
  readonly #checker: Pick<Checker, "readAhead">;
  readonly #sent: () => number;
  readonly #collect: () => void;
  #taken = 0;
  #ahead: ReadInTurns | undefined;
  #isDone = false;
  #timer: NodeJS.Timeout | undefined;
  #next: NodeJS.Immediate | undefined;

  constructor(checker: Pick<Checker, "readAhead">, sent: () => number, collect: () => void) {
    this.#checker = checker;
    this.#sent = sent;
    this.#collect = collect;
  }

  /** A request has arrived. */
  pause(): void {
    this.#taken++;
    clearTimeout(this.#timer);
    clearImmediate(this.#next);
  }

  /** It is answered; `folder` is the notebook's, once it is open. */
  goOn(folder: string | undefined): void {
    if (folder !== undefined && !this.#isDone) this.#timer = setTimeout(() => this.#begin(folder), quiet);
  }

  #begin(folder: string): void {
    this.#ahead ??= this.#checker.readAhead(expectedImports(folder), roomNow());
    this.#step();
  }

  /** Between two files, messages come in. */
  #step(): void {
    if (this.#ahead?.step(() => this.#sent() !== this.#taken)) this.#next = setImmediate(() => this.#step());
    else {
      this.#isDone = true;
      // Or the next cell would pay for it.
      this.#collect();
    }
  }
}

/** How many nodes there is memory for. Versions of Node differ by a tenth in what they take themselves. */
function roomNow(): number {
  return Math.floor((mostMemory - process.memoryUsage.rss()) / bytesPerNode);
}
