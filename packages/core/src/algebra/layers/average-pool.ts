import { FusionError } from "../../errors.js";
import { float64 } from "../../tensor/allocate.js";
import { type LinearKernel, type PerAxis, plainKernel } from "../kernel.js";

/** Average pooling, one value an axis, with PyTorch's names. */
export interface AveragePool {
  readonly kernel: PerAxis<number>;
  readonly stride: PerAxis<number>;
  /** Pixels added before an axis, and as many after it. */
  readonly padding: PerAxis<number>;
  readonly ceilMode: boolean;
  readonly countIncludePad: boolean;
  readonly divisorOverride: number | undefined;
}

/**
 * Average pooling of one channel as a convolution: every weight 1 / (height width), or 1 / divisor.
 * `perChannel` gives it for as many channels as needed.
 *
 * @param pool a pooling's settings, such as those of {@link AvgPool2d}
 * @returns one input and one output channel: weight [1, 1, ...sizes], float64
 * @throws {FusionError} where the divisor differs at the border (`countIncludePad: false` with padding), or
 *   windows hang over it (`ceilMode` with a stride)
 * @see DBB transform V, https://arxiv.org/abs/2103.13425
 * @example
 * averagePoolKernel(new AvgPool2d(2).settings).weight; // Float64Array [0.25, 0.25, 0.25, 0.25]
 */
export function averagePoolKernel(pool: AveragePool): LinearKernel {
  const { kernel, stride, padding, ceilMode, countIncludePad, divisorOverride } = pool;
  if (ceilMode && stride.some((step) => step !== 1)) {
    throw new FusionError("averagePoolKernel", "ceilMode lets the last window hang over the border", {
      stride: [...stride],
    });
  }
  const padded = padding.some((pixels) => pixels > 0);
  if (padded && !countIncludePad && divisorOverride === undefined) {
    throw new FusionError("averagePoolKernel", "countIncludePad: false divides by less at the border", {
      padding: [...padding],
    });
  }
  const shape = [1, 1, ...kernel];
  const weight = float64("averagePoolKernel", shape);
  return plainKernel(weight.fill(1 / (divisorOverride ?? weight.length)), shape, {
    stride,
    padding: padding.map((pixels) => [pixels, pixels] as const),
  });
}
