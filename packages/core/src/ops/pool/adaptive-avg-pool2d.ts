import type { Pair } from "../../checks.js";
import type { Tensor } from "../../tensor/tensor.js";
import { adaptiveAvgPool } from "./adaptive-avg-pool.js";

/**
 * Average pooling to a given size: window i of n covers the pixels from floor(i size / n) up to ceil((i + 1) size / n).
 *
 * @param x [batch, channels, height, width], or [channels, height, width]; float32, any strides
 * @param outputSize [height, width] of the result, or one number for both; 1 is global average pooling
 * @returns [batch, channels, ...outputSize], row-major; summed in float64, rounded once
 * @throws {ShapeError} if x has another rank or an empty image
 * @throws {ArgumentError} if a size is no whole number of at least 1
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.adaptive_avg_pool2d.html
 * @example
 * adaptiveAvgPool2d(ones([1, 2, 6, 4]), 1).shape; // [1, 2, 1, 1]
 */
export function adaptiveAvgPool2d(x: Tensor, outputSize: Pair): Tensor {
  return adaptiveAvgPool("adaptiveAvgPool2d", 2, x, outputSize);
}
