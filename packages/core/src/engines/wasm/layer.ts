import type { Conv2dGeometry } from "./as-2d.js";
import type { Blocked, Border } from "./blocked.js";
import type { Step } from "./records.js";

/** Where a convolution's data lies: byte addresses. */
export interface LayerAddresses {
  /** The first byte of the input's and the output's memory, borders included. */
  readonly x: number;
  readonly out: number;
  /** Added to the result, laid out as the output; 0: none. */
  readonly residual: number;
  readonly weight: number;
  readonly bias: number;
  readonly tables: number;
  readonly work: number;
  /** Where to write 1 if a result is not finite. */
  readonly spoiled: number;
}

/** One way to compute a convolution. It knows sizes; where its data lies is told to `steps`. */
export interface ConvLayer {
  /** dtype, algorithm, tile, instruction set. */
  readonly name: string;
  readonly geometry: Conv2dGeometry;
  /** Channels to a block of the input. */
  readonly lanes: number;
  /** True: it reads planes as they are; `lanes` is 1 then, and there is no border. */
  readonly readsPlanes?: boolean;
  /** Channels to a block of the output; 1: planes. */
  readonly outLanes: number;
  /** The border of zeros that the input needs, at least. */
  readonly border: Border;
  readonly weightFloats: number;
  readonly workBytes: number;
  /** An estimate of the time, in cycles of a core. */
  readonly cost: number;
  pack(weight: Float32Array, out: Float32Array): void;
  /** Numbers that depend on the layouts of input and output, and that `steps` expects at `tables`. */
  tables(x: Blocked, out: Blocked): Int32Array;
  steps(x: Blocked, out: Blocked, at: LayerAddresses, relu: boolean): Step[];
}

/** What the engine may use. */
export interface LayerOptions {
  /** Fused multiply-add is there. */
  readonly relaxed: boolean;
  /** Tiles of 16 channels, which V8 makes 256 bits wide. */
  readonly wide: boolean;
  /** Algorithms whose sums are in another order than the definition's. */
  readonly winograd: boolean;
  /** How many threads share the work; no result depends on it. */
  readonly threads: number;
}

/** The instruction set as kernels' names have it. */
export function isa(options: LayerOptions): string {
  return options.relaxed ? "relaxed-simd" : "simd";
}
