import type { ConvGeometry } from "../ops/conv-geometry.js";

/**
 * Raw compute. An op validates, works out shapes and lays tensors out in row-major order; an engine only fills `out`.
 * All arrays are row-major and exactly as long as their shape says; `out` shares no memory with the inputs.
 */
export interface Engine {
  readonly name: string;
  /**
   * out[n, o, y, x] = bias[o] + sum over c, i, j of weight[o, c, i, j] * x[n, c', y s - p + i d, x s - p + j d], zero outside the image.
   * `geometry.paddingMode` is always "zeros" here: the op has filled any other border beforehand.
   */
  conv2d(
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
