import type { Tensor } from "../../tensor/tensor.js";
import { type AdaptiveSize, adaptiveAvgPool, adaptiveSizes } from "./adaptive-avg-pool.js";

/** One number for all three axes, or `[depth, height, width]`; null: the axis keeps its size. */
export type AdaptiveTriple =
  | AdaptiveSize
  | readonly [depth: AdaptiveSize, height: AdaptiveSize, width: AdaptiveSize];

/**
 * Average pooling to a given size: window i of n covers the pixels from floor(i size / n) up to ceil((i + 1)
 * size / n).
 *
 * @param x [batch, channels, depth, height, width], or [channels, depth, height, width]; float32, any strides
 * @param outputSize [depth, height, width] of the result, or one number for all three; 1 is global average
 *   pooling, and an axis with null keeps its size
 * @returns [batch, channels, ...outputSize], row-major; summed in float64, rounded once
 * @throws {ShapeError} if x has another rank or an empty image
 * @throws {ArgumentError} if a size is neither null nor a whole number of at least 1
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.adaptive_avg_pool3d.html
 * @example
 * adaptiveAvgPool3d(ones([1, 2, 6, 4, 5]), 1).shape; // [1, 2, 1, 1, 1]
 */
export function adaptiveAvgPool3d(x: Tensor, outputSize: AdaptiveTriple): Tensor {
  return adaptiveAvgPool("adaptiveAvgPool3d", x, adaptiveSizes("adaptiveAvgPool3d", 3, outputSize));
}
