import type { Checker } from "../../checker/checker.js";
import type { ReadInTurns } from "../../checker/read-in-turns.js";
import { expectedImports } from "./expected-imports.js";

/**
 * For how long nobody must have asked anything, in milliseconds: cells that run one after the other are not
 * slowed down.
 */
const quiet = 500;

/**
 * How much memory a kernel's processes may take together with what is read ahead, in bytes: one that nobody
 * uses is to stay below 220 MiB. What was parsed leaves pages that are not full.
 */
const mostMemory = 212 * 2 ** 20;

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
  readonly #taken: () => number;
  readonly #collect: () => void;
  #received = 0;
  #ahead: ReadInTurns | undefined;
  #isDone = false;
  #timer: NodeJS.Timeout | undefined;
  #next: NodeJS.Immediate | undefined;

  /**
   * @param sent how many requests there were
   * @param taken how much memory the kernel's processes take, in bytes
   * @param collect frees what is no longer used
   */
  constructor(
    checker: Pick<Checker, "readAhead">,
    sent: () => number,
    taken: () => number,
    collect: () => void,
  ) {
    this.#checker = checker;
    this.#sent = sent;
    this.#taken = taken;
    this.#collect = collect;
  }

  /** A request has arrived. */
  pause(): void {
    this.#received++;
    clearTimeout(this.#timer);
    clearImmediate(this.#next);
  }

  /** It is answered; `folder` is the notebook's, once it is open. */
  goOn(folder: string | undefined): void {
    if (folder !== undefined && !this.#isDone) this.#timer = setTimeout(() => this.#begin(folder), quiet);
  }

  #begin(folder: string): void {
    this.#ahead ??= this.#checker.readAhead(expectedImports(folder), this.#room());
    this.#step();
  }

  /** Between two files, messages come in. */
  #step(): void {
    if (this.#ahead?.step(() => this.#sent() !== this.#received))
      this.#next = setImmediate(() => this.#step());
    else {
      this.#isDone = true;
      // Or the next cell would pay for it.
      this.#collect();
    }
  }

  /** How many nodes there is memory for. Versions of Node differ by a tenth in what they take themselves. */
  #room(): number {
    return Math.floor((mostMemory - this.#taken()) / bytesPerNode);
  }
}
