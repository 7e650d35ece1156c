// Apart from the engine: these types are public, and must not lead to those of WebAssembly, which only the
// DOM's declarations have.
import type { OptionNames } from "../../checks.js";

/** How the engine trades speed for bits. */
export type Precision = "exact" | "fast";

/** The options of the WebAssembly engine. */
export interface WasmOptions {
  /**
   * `"fast"` (default): the fastest build and algorithm. Layers of 3x3 may be computed by Winograd's
   * algorithm: at 64 channels the largest error is about 8 times PyTorch's, and sums of whole numbers may
   * come out not whole. Bits differ from machine to machine.
   *
   * `"exact"`: each sum in one fixed order with rounded products: the same bits on every machine, the largest
   * error within twice PyTorch's, and sums of whole numbers whole while they stay below 2^24.
   * `npm run precision` in this repository measures both.
   */
  readonly precision?: Precision;
  /** How many threads compute; the results do not depend on it. Default 1. */
  readonly threads?: number;
}

export const wasmOptionNames: OptionNames<WasmOptions> = { precision: true, threads: true };
