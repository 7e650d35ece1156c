import type { ConvGeometry } from "../../engine.js";
import type { LoweredGraph, Numbers } from "../../lowered.js";
import { inOutputOrder } from "../../weight-order.js";
import { type Chooser, chooserFor } from "../algorithms/choose.js";
import { packBias } from "../algorithms/pack.js";
import { type Runtime, spoiledAt, worthHelp } from "../machine/runtime.js";
import { callsOf, Program } from "./program.js";

/**
 * One convolution with its weights packed, for inputs and outputs in row-major order; its activations lie in
 * memory that all of them share. There may be thousands: what says how the steps are written is made again
 * when the shared memory has moved.
 */
export class SingleConv {
  /** Bytes of the engine's memory that it keeps. */
  readonly bytes: number;
  /** The algorithm's name: dtype, algorithm, tile, instruction set. */
  readonly kernel: string;
  readonly #runtime: Runtime;
  readonly #geometry: ConvGeometry;
  readonly #choose: Chooser;
  readonly #kept: number;
  readonly #arenaBytes: number;
  readonly #bias: number;
  /** True: enough work to share it with other threads. */
  readonly #worthHelp: boolean;
  #input = 0;
  #output = 0;
  #start = 0;
  #steps = 0;
  /** Where the shared memory was when the steps were written. */
  #scratch = -1;

  /**
   * @param weight as `geometry` has it stored
   * @throws {EngineError} if the memory does not suffice
   */
  constructor(runtime: Runtime, weight: Float32Array, geometry: ConvGeometry, choose: Chooser) {
    this.#runtime = runtime;
    this.#geometry = geometry;
    this.#choose = choose;
    const program = new Program(graphOf(inOutputOrder(weight, geometry), geometry), runtime, choose, false);
    this.#kept = program.kept;
    this.bytes = program.packedBytes;
    this.#arenaBytes = program.arenaBytes;
    this.#worthHelp = program.cost > worthHelp;
    // The first call begins sums; those that add to sums have zeros as their bias.
    const [first] = program.items.flatMap(callsOf);
    this.#bias = first === undefined ? 0 : program.at(first.bias) >> 2;
    this.kernel = first?.algorithm.name ?? "";
    try {
      this.#place(program, runtime.scratch(this.#arenaBytes));
    } catch (error) {
      this.release();
      throw error;
    }
  }

  /**
   * Computes one call.
   * @returns false if a value that is not finite spread where it should not have: the result is to be
   *   computed by `direct`
   */
  run(x: Float32Array, bias: Numbers | undefined, out: Float32Array): boolean {
    const { heap } = this.#runtime;
    const scratch = this.#runtime.scratch(this.#arenaBytes);
    if (scratch !== this.#scratch) this.#place(this.#again(), scratch);
    heap.f32.set(x, this.#input);
    packBias(bias, this.#geometry, heap.f32, this.#bias);
    heap.i32[spoiledAt >> 2] = 0;
    this.#runtime.run(this.#start, this.#steps, this.#worthHelp);
    heap.read(this.#output, out);
    return heap.i32[spoiledAt >> 2] === 0;
  }

  /** The same convolution by its definition. */
  direct(weight: Float32Array): SingleConv {
    const choose = chooserFor({ ...this.#runtime.capabilities, winograd: false });
    return new SingleConv(this.#runtime, weight, this.#geometry, choose);
  }

  /** Gives the memory back; the object is of no use afterwards. */
  release(): void {
    this.#runtime.heap.release(this.#kept);
  }

  /** The program once more, with its weights and tables where they are. */
  #again(): Program {
    return new Program(graphOf(noWeight, this.#geometry), this.#runtime, this.#choose, false, this.#kept);
  }

  #place(program: Program, scratch: number): void {
    const segments = program.place(scratch);
    this.#start = segments[0]?.program ?? 0;
    this.#steps = segments.reduce((sum, { steps }) => sum + steps, 0);
    this.#input = program.input.at >> 2;
    this.#output = program.output.at;
    this.#scratch = scratch;
  }
}

/** Where weights lie packed already, nobody reads them. */
const noWeight = new Float32Array(0);

function graphOf(weight: Float32Array, g: ConvGeometry): LoweredGraph {
  const input = { shape: [g.batch, g.inChannels, ...g.inSize] };
  const out = { shape: [g.batch, g.outChannels, ...g.outSize] };
  const geometry = { ...g, transposed: false };
  const end = { bias: undefined, residual: undefined, relu: false, path: "", label: "" };
  return {
    input,
    output: out,
    nodes: [{ kind: "conv", x: input, out, geometry, weight, ...end }],
  };
}
