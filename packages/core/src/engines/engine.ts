import type { Compiler } from "./compiler.js";
import type { ConvGeometry } from "./geometry.js";

export type { ConvAxis, ConvGeometry } from "./geometry.js";

/**
 * Raw compute. An op validates, works out shapes and lays tensors out in row-major order; an engine only
 * fills `out`. All arrays are row-major and exactly as long as their shape says; `out` shares no memory with
 * the inputs.
 */
export interface Engine {
  readonly name: string;
  /** Makes whole networks ready; undefined: the engine computes layer by layer only. */
  readonly compiler?: Compiler;
  /**
   * out[n, o, ...y] = bias[o] + sum over c and i of weight[o, c, ...i] p[n, c', ...(y stride + i dilation)],
   * with p on each axis as {@link ConvAxis} has it (the op has filled a border that is not zeros beforehand).
   */
  conv(
    x: Float32Array,
    weight: Float32Array,
    bias: Float32Array | undefined,
    out: Float32Array,
    geometry: ConvGeometry,
  ): void;
  /** out[r, o] = bias[o] + sum over i of x[r, i] * weight[o, i]. */
  linear(
    x: Float32Array,
    weight: Float32Array,
    bias: Float32Array | undefined,
    out: Float32Array,
    sizes: { readonly rows: number; readonly inFeatures: number; readonly outFeatures: number },
  ): void;
}

/** Where in three row-major matrices a product is: sum[r, c] += over k of b[r, k] a[k, c]. */
export interface ProductPlace {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly sumAt: number;
  readonly sumStride: number;
  readonly bAt: number;
  readonly bStride: number;
  readonly aAt: number;
  readonly aStride: number;
}
