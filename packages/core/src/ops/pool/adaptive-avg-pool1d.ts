import type { Tensor } from "../../tensor/tensor.js";
import type { Single } from "../per-axis.js";
import { adaptiveAvgPool, adaptiveSizes } from "./adaptive-avg-pool.js";

/**
 * Average pooling to a given size: window i of n covers the pixels from floor(i size / n) up to ceil((i + 1)
 * size / n).
 *
 * @param x [batch, channels, width], or [channels, width]; float32, any strides
 * @param outputSize how many values the result has; 1 is global average pooling
 * @returns [batch, channels, ...outputSize], row-major; summed in float64, rounded once
 * @throws {ShapeError} if x has another rank or an empty image
 * @throws {ArgumentError} if a size is no whole number of at least 1
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.adaptive_avg_pool1d.html
 * @example
 * adaptiveAvgPool1d(ones([1, 2, 6]), 1).shape; // [1, 2, 1]
 */
export function adaptiveAvgPool1d(x: Tensor, outputSize: Single): Tensor {
  return adaptiveAvgPool("adaptiveAvgPool1d", x, adaptiveSizes("adaptiveAvgPool1d", 1, outputSize));
}
