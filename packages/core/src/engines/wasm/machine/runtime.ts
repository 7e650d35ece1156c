import { EngineError } from "../../../errors.js";
import { type EngineExports, engineModule, instantiate } from "./builds.js";
import type { Capabilities } from "./capabilities.js";
import { Heap } from "./heap.js";
import { Pool } from "./pool.js";
import { checkRecords, threadScratchBytes } from "./records.js";

/** Steps write 1 here if a result is not finite; it lies below everything that the heap gives out. */
export const spoiledAt = 4032;

/** Cycles of work below which waking the helpers costs more than they give. */
export const worthHelp = 400_000;

/** Milliseconds without progress after which a helper counts as dead. */
const patience = 10_000;

/** An instance of a build, its memory, the part of the memory that calls share, and the helping threads. */
export class Runtime {
  readonly heap: Heap;
  /** What algorithms may use. */
  readonly capabilities: Capabilities;
  readonly threads: number;
  readonly #module: WebAssembly.Module;
  readonly #exports: EngineExports;
  readonly #control: number;
  #pool: Pool | undefined;
  /** When the thread that waits for helpers last saw progress. */
  #waitingSince = 0;
  #scratch = 0;
  #scratchBytes = 0;

  constructor(capabilities: Capabilities) {
    const { threads } = capabilities;
    this.capabilities = capabilities;
    this.threads = threads;
    this.heap = new Heap(threads > 1);
    this.#module = engineModule(capabilities.relaxed ? "relaxed" : "baseline", threads > 1);
    this.#exports = instantiate(this.#module, this.heap.memory, () => this.#givesUp());
    checkRecords(this.#exports.recordFingerprint());
    this.#control = this.heap.take(64);
    this.heap.i32.fill(0, this.#control >> 2, (this.#control >> 2) + 16);
    this.heap.i32[(this.#control >> 2) + 5] = threads;
    this.#exports.setScratch(this.heap.take(threadScratchBytes));
    if (threads > 1) this.#startPool();
  }

  /** Resolves once every helper is there. */
  async ready(): Promise<void> {
    await this.#pool?.ready();
  }

  /** Ends the helpers; what comes after runs on one thread. */
  stop(): void {
    this.#pool?.stop();
    this.#pool = undefined;
  }

  /** Memory for the inputs and outputs of one call; the next call uses it again. */
  scratch(bytes: number): number {
    if (bytes > this.#scratchBytes) {
      this.heap.release(this.#scratch);
      this.#scratch = 0;
      this.#scratchBytes = 0;
      this.#scratch = this.heap.take(bytes);
      this.#scratchBytes = bytes;
    }
    return this.#scratch;
  }

  /**
   * Runs steps.
   * @param worth false: too little work to wake the helpers for
   * @throws {EngineError} if a helper died; the next call has new ones
   */
  run(program: number, steps: number, worth: boolean): void {
    if (this.#pool === undefined || !worth) {
      this.#exports.run(program, steps);
      return;
    }
    this.#waitingSince = 0;
    const maySleep = typeof document === "undefined";
    let whole = false;
    try {
      whole = !this.#pool.dead && this.#exports.runShared(this.#control, program, steps, maySleep) !== 0;
    } finally {
      // Helpers that wait for a job that nobody will end must not go on.
      if (!whole) this.#replacePool();
    }
    if (whole) return;
    throw new EngineError(
      "wasm",
      "a worker thread ended in the middle of its work; the next call has a new one",
    );
  }

  #replacePool(): void {
    this.#pool?.stop();
    this.#startPool();
  }

  #startPool(): void {
    const job = this.heap.i32[this.#control >> 2] as number;
    this.heap.i32[(this.#control >> 2) + 3] = -1;
    const setups = Array.from({ length: this.threads - 1 }, () => ({
      module: this.#module,
      memory: this.heap.memory,
      control: this.#control,
      scratch: this.heap.take(threadScratchBytes),
      job,
    }));
    this.#pool = new Pool(setups);
    // Nobody waits for a pool that replaces a dead one; a failure shows at the next call.
    this.#pool.ready().catch(() => undefined);
  }

  #givesUp(): number {
    const now = performance.now();
    if (this.#waitingSince === 0) this.#waitingSince = now;
    return now - this.#waitingSince > patience ? 1 : 0;
  }
}
