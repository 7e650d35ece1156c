import ndarray from "ndarray";
import { float32 } from "../../../tensor/allocate.js";
import { rowMajorData } from "../../../tensor/layout.js";
import type { Tensor } from "../../../tensor/tensor.js";
import type { Executable } from "../../compiler.js";
import type { LayerProfile } from "../../layer-profile.js";
import type { LoweredGraph, LoweredValue } from "../../lowered.js";
import { chooserFor } from "../algorithms/choose.js";
import { type Runtime, spoiledAt, worthHelp } from "../machine/runtime.js";
import type { Buffer } from "./buffers.js";
import { profileOf } from "./profile.js";
import { Program, type Segment } from "./program.js";
import type { Item } from "./schedule.js";

/** A network as a program with an arena of its own. */
export class WasmExecutable implements Executable {
  readonly arenaBytes: number;
  readonly packedBytes: number;
  readonly #runtime: Runtime;
  readonly #program: Program;
  /** One an item. */
  readonly #single: readonly Segment[];
  /** Neighbouring steps together. */
  readonly #joined: readonly Segment[];

  /** @throws {EngineError} if the memory does not suffice */
  constructor(graph: LoweredGraph, runtime: Runtime) {
    this.#runtime = runtime;
    const program = new Program(graph, runtime, chooserFor(runtime.capabilities), true);
    this.#program = program;
    const arena = arenaOf(program, runtime);
    this.#single = program.place(arena);
    this.#joined = joined(this.#single);
    this.arenaBytes = program.arenaBytes;
    this.packedBytes = program.packedBytes;
    collected.register(this, () => {
      program.release();
      runtime.heap.release(arena);
    });
  }

  run(x: Float32Array, out: Float32Array): boolean {
    this.#begin(x);
    for (const segment of this.#joined) this.#step(segment);
    // Infinities and NaN spread further in Winograd's tiles and in unused lanes than by definition.
    if (this.#runtime.heap.i32[spoiledAt >> 2] !== 0) return false;
    this.#runtime.heap.read(this.#program.output.at, out);
    return true;
  }

  profile(x: Float32Array): readonly LayerProfile[] {
    this.#begin(x);
    return this.#single.map((segment) => {
      const start = performance.now();
      this.#step(segment);
      return profileOf(segment.items[0] as Item, performance.now() - start);
    });
  }

  #begin(x: Float32Array): void {
    const { heap } = this.#runtime;
    heap.f32.set(x, this.#program.input.at >> 2);
    heap.i32[spoiledAt >> 2] = 0;
  }

  #step({ items: [first], program, steps }: Segment): void {
    if (first?.kind !== "call") {
      this.#runtime.run(program, steps, this.#program.cost > worthHelp);
      return;
    }
    const { node, inputs, out } = first;
    const { heap } = this.#runtime;
    const tensors = inputs.map((buffer, i) => this.#read(buffer, node.inputs[i] as LoweredValue));
    const spoiled = heap.i32[spoiledAt >> 2] as number;
    const result = rowMajorData(node.call(tensors));
    // The call may have used this engine: its memory has grown then, and what was spoiled before is
    // forgotten.
    heap.f32.set(result, out.at >> 2);
    heap.i32[spoiledAt >> 2] = spoiled;
  }

  /** A copy of what lies in a buffer of planes. */
  #read(buffer: Buffer, { shape }: LoweredValue): Tensor {
    const data = float32("Plan.run", shape);
    this.#runtime.heap.read(buffer.at, data);
    return ndarray(data, [...shape]);
  }
}

const collected = new FinalizationRegistry<() => void>((release) => release());

/** @throws {EngineError} if the memory does not suffice; the program's is given back then */
function arenaOf(program: Program, { heap }: Runtime): number {
  try {
    return heap.take(program.arenaBytes);
  } catch (error) {
    program.release();
    throw error;
  }
}

/** Runs of steps that follow each other in memory become one. */
function joined(segments: readonly Segment[]): Segment[] {
  const all: Segment[] = [];
  for (const segment of segments) {
    const last = all.at(-1);
    const calls = [last, segment].some((one) => one?.items[0]?.kind === "call");
    if (last === undefined || calls) all.push(segment);
    else {
      const items = [...last.items, ...segment.items];
      all[all.length - 1] = { items, program: last.program, steps: last.steps + segment.steps };
    }
  }
  return all;
}
