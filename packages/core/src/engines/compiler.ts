import type { LayerProfile } from "./layer-profile.js";
import type { LoweredGraph } from "./lowered.js";

/** What makes whole networks ready to run: the part of an engine that plans use. */
export interface Compiler {
  /**
   * Packs weights, plans memory, and whatever else is done once. Weights are copied.
   * @throws {EngineError} if there is not enough memory
   */
  compile(graph: LoweredGraph): Executable;
}

/** A network made ready by an engine, which gives its memory back when nobody holds this any more. */
export interface Executable {
  /** Bytes for activations and working space. */
  readonly arenaBytes: number;
  /** Bytes for packed weights, tables and steps. */
  readonly packedBytes: number;
  /**
   * Computes the graph's output; both arrays are row-major. An engine that computes elsewhere gives a
   * promise.
   * @returns false, with `out` untouched, if a value that is not finite may have spread further than by
   * definition: the caller then computes layer by layer
   */
  run(x: Float32Array, out: Float32Array): boolean | Promise<boolean>;
  /** Computes once, and tells what each part of it took; undefined: the engine cannot tell. */
  profile?(x: Float32Array): readonly LayerProfile[];
}
