import { Heap } from "./heap.js";
import { type EngineExports, instantiate } from "./instance.js";
import type { LayerOptions } from "./layer.js";

/** Steps write 1 here if a result is not finite; it lies below everything that the heap gives out. */
export const spoiledAt = 4032;

/** An instance of a build, its memory, and the part of the memory that calls share. */
export class Runtime {
  readonly heap: Heap = new Heap();
  /** What the layers may use. */
  readonly options: LayerOptions;
  readonly #exports: EngineExports;
  #scratch = 0;
  #scratchBytes = 0;

  constructor(options: LayerOptions) {
    this.options = options;
    this.#exports = instantiate(options.relaxed ? "relaxed" : "baseline", this.heap.memory);
  }

  /** Memory for the inputs and outputs of one call; the next call uses it again. */
  scratch(bytes: number): number {
    if (bytes > this.#scratchBytes) {
      this.heap.release(this.#scratch);
      this.#scratchBytes = 0;
      this.#scratch = this.heap.take(bytes);
      this.#scratchBytes = bytes;
    }
    return this.#scratch;
  }

  run(program: number, steps: number): void {
    this.#exports.run(program, steps);
  }
}
