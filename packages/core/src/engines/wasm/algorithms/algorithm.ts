import type { Step } from "../machine/records.js";
import type { Conv2dGeometry } from "./as-2d.js";
import type { Blocked, Border } from "./blocked.js";

/** Where a convolution's data lies: byte addresses. */
export interface Addresses {
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
export interface Algorithm {
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
  steps(x: Blocked, out: Blocked, at: Addresses, relu: boolean): Step[];
}
