import { Heap } from "./heap.js";
import { type Build, type EngineExports, instantiate } from "./instance.js";

/** The bytes of one step of a program: kind, record, units, claimed, done. */
const stepBytes = 20;

/** One step: what to do (`Kind`), the address of its record, how many independent units it has. */
export interface Step {
  readonly kind: number;
  readonly record: number;
  readonly units: number;
}

/** An instance of a build, its memory, and the part of the memory that calls share. */
export class Runtime {
  readonly heap: Heap = new Heap();
  readonly build: Build;
  /** True: use tiles of 16 channels. */
  readonly wide: boolean;
  readonly #exports: EngineExports;
  #scratch = 0;
  #scratchBytes = 0;

  constructor(build: Build, wide: boolean) {
    this.build = build;
    this.wide = wide && build === "relaxed";
    this.#exports = instantiate(build, this.heap.memory);
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

  /** Writes steps as `run` wants them. */
  writeProgram(at: number, steps: readonly Step[]): void {
    steps.forEach((step, i) => {
      this.heap.i32.set([step.kind, step.record, step.units, 0, 0], (at + i * stepBytes) >> 2);
    });
  }

  run(program: number, steps: number): void {
    this.#exports.run(program, steps);
  }
}

/** How much memory a program of this many steps takes. */
export function programBytes(steps: number): number {
  return steps * stepBytes;
}
