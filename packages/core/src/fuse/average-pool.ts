import { FusionError } from "../errors.js";
import type { PoolSettings } from "../ops/avg-pool2d.js";
import { type LinearKernel, plainKernel } from "./kernel.js";

/**
 * Average pooling of one channel as a convolution: every weight 1 / (height width), or 1 / divisor.
 * `perChannel` gives it for as many channels as needed.
 *
 * @throws {FusionError} where the divisor differs at the border (`countIncludePad: false` with padding), or windows hang over it (`ceilMode` with a stride)
 * @see DBB transform V, https://arxiv.org/abs/2103.13425
 * @example
 * averagePoolKernel(new AvgPool2d(2).settings).weight; // Float64Array [0.25, 0.25, 0.25, 0.25]
 */
export function averagePoolKernel(pool: PoolSettings): LinearKernel {
  const { kernel, stride, padding, ceilMode, countIncludePad, divisorOverride } = pool;
  if (ceilMode && (stride[0] !== 1 || stride[1] !== 1)) {
    throw new FusionError("averagePoolKernel", "ceilMode lets the last window hang over the border", {
      stride: [...stride],
    });
  }
  const padded = padding[0] > 0 || padding[1] > 0;
  if (padded && !countIncludePad && divisorOverride === undefined) {
    throw new FusionError("averagePoolKernel", "countIncludePad: false divides by less at the border", {
      padding: [...padding],
    });
  }
  const area = kernel[0] * kernel[1];
  return plainKernel(new Float64Array(area).fill(1 / (divisorOverride ?? area)), [1, 1, ...kernel], {
    stride,
    padding: [
      [padding[0], padding[0]],
      [padding[1], padding[1]],
    ],
  });
}
