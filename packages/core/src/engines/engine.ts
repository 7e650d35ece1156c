/**
 * One axis of a convolution. out[y] = sum over i of w[i] p[y stride + i dilation], where p is x with `upsampling - 1` zeros between
 * neighbours and `before` and `after` entries around: added where they are positive, taken away where they are negative.
 */
export interface ConvAxis {
  /** Taps of the kernel. */
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  /** 1: an ordinary convolution; s: a transposed one of stride s. */
  readonly upsampling: number;
  readonly before: number;
  readonly after: number;
}

/** Everything that a convolution's loops need: the one result of all shape arithmetic. What lies outside x is zeros. */
export interface ConvGeometry {
  readonly batch: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly groups: number;
  /** One an axis of the image; none: a matrix product. */
  readonly axes: readonly ConvAxis[];
  /** x's size on each axis. */
  readonly inSize: readonly number[];
  readonly outSize: readonly number[];
  /**
   * How the weight is stored. False: [out channels, in channels / groups, ...sizes]. True: as transposed convolutions have it,
   * [in channels, out channels / groups, ...sizes], and back to front on every axis.
   */
  readonly transposed: boolean;
}

/**
 * Raw compute. An op validates, works out shapes and lays tensors out in row-major order; an engine only fills `out`.
 * All arrays are row-major and exactly as long as their shape says; `out` shares no memory with the inputs.
 */
export interface Engine {
  readonly name: string;
  /**
   * out[n, o, ...y] = bias[o] + sum over c and i of weight[o, c, ...i] p[n, c', ...(y stride + i dilation)], with p on each axis as
   * {@link ConvAxis} has it (the op has filled a border that is not zeros beforehand).
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
