/**
 * One axis of a convolution. out[y] = sum over i of w[i] p[y stride + i dilation], where p is x with
 * `upsampling - 1` zeros between neighbours and `before` and `after` entries around: added where they are
 * positive, taken away where they are negative.
 */
export interface ConvAxis {
  /** Taps of the kernel. */
  readonly size: number;
  /** Entries of p between neighbouring outputs. */
  readonly stride: number;
  /** Entries of p between neighbouring taps. */
  readonly dilation: number;
  /** 1: an ordinary convolution; s: a transposed one of stride s. */
  readonly upsampling: number;
  /** Entries of p in front of x. */
  readonly before: number;
  /** Entries of p behind x. */
  readonly after: number;
}

/**
 * Everything that a convolution's loops need: the one result of all shape arithmetic. What lies outside x is
 * zeros.
 */
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
   * How the weight is stored. False: [out channels, in channels / groups, ...sizes]. True: as transposed
   * convolutions have it, [in channels, out channels / groups, ...sizes], and back to front on every axis.
   */
  readonly transposed: boolean;
}
