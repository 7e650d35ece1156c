import type { Tensor } from "../../tensor/tensor.js";
import { type AdaptiveSize, adaptiveAvgPool, adaptiveSizes } from "./adaptive-avg-pool.js";

/** One number for both axes, or `[height, width]`; null: the axis keeps its size. */
export type AdaptivePair = AdaptiveSize | readonly [height: AdaptiveSize, width: AdaptiveSize];

/**
 * Average pooling to a given size: window i of n covers the pixels from floor(i size / n) up to ceil((i + 1)
 * size / n).
 *
 * @param x [batch, channels, height, width], or [channels, height, width]; float32, any strides
 * @param outputSize [height, width] of the result, or one number for both; 1 is global average pooling, and
 *   an axis with null keeps its size
 * @returns [batch, channels, ...outputSize], row-major; summed in float64, rounded once
 * @throws {ShapeError} if x has another rank or an empty image
 * @throws {ArgumentError} if a size is neither null nor a whole number of at least 1
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.adaptive_avg_pool2d.html
 * @example
 * adaptiveAvgPool2d(ones([1, 2, 6, 4]), 1).shape; // [1, 2, 1, 1]
 */
export function adaptiveAvgPool2d(x: Tensor, outputSize: AdaptivePair): Tensor {
  return adaptiveAvgPool("adaptiveAvgPool2d", x, adaptiveSizes("adaptiveAvgPool2d", 2, outputSize));
}
