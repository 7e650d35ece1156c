// Apart from the engine: these types are public, and must not lead to those of WebAssembly, which only the DOM's declarations have.
import type { OptionNames } from "../../checks.js";

/** How the engine trades speed for bits. */
export type Precision = "exact" | "fast";

/** The options of the WebAssembly engine. */
export interface WasmOptions {
  /**
   * `"fast"` (default): the fastest build and algorithm. `"exact"`: each sum in one fixed order with rounded products, so that the
   * same bits come out on every machine.
   */
  readonly precision?: Precision;
  /** How many threads compute; the results do not depend on it. Default 1. */
  readonly threads?: number;
}

export const wasmOptionNames: OptionNames<WasmOptions> = { precision: true, threads: true };
