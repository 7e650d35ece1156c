/** Everything that a convolution's loops need, in whole pixels and channels: the one result of all shape arithmetic. Pixels outside the image are zeros. */
export interface ConvGeometry {
  readonly batch: number;
  readonly inChannels: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly outChannels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly padTop: number;
  readonly padBottom: number;
  readonly padLeft: number;
  readonly padRight: number;
  readonly dilationHeight: number;
  readonly dilationWidth: number;
  readonly groups: number;
}

/**
 * Raw compute. An op validates, works out shapes and lays tensors out in row-major order; an engine only fills `out`.
 * All arrays are row-major and exactly as long as their shape says; `out` shares no memory with the inputs.
 */
export interface Engine {
  readonly name: string;
  /**
   * out[n, o, y, x] = bias[o] + sum over c, i, j of weight[o, c, i, j] * x[n, c', y s - p + i d, x s - p + j d], zero outside the image
   * (the op has filled any other border beforehand).
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
