import type { Pair } from "../../checks.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type AvgPoolOptions, avgPool, type DivisorOption } from "./avg-pool.js";

/** The options of {@link avgPool2d}. */
export interface AvgPool2dOptions extends AvgPoolOptions<Pair>, DivisorOption {}

/**
 * Average pooling: out[n, c, y, x] = the mean of the kernel-sized window that begins at (y
 * stride - padding, x stride - padding).
 *
 * @param x [batch, channels, height, width], or [channels, height, width]; float32, any strides
 * @param kernelSize the window, in pixels: n, or [height, width]
 * @param options stride, padding, ceilMode, countIncludePad, divisorOverride; see {@link AvgPool2dOptions}
 * @returns [batch, channels, out height, out width], row-major; summed in float64, rounded once
 * @throws {ShapeError} if x has another rank, an empty image, or no window fits
 * @throws {ArgumentError} if an option is outside its domain
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.avg_pool2d.html
 * @example
 * avgPool2d(ones([1, 2, 6, 4]), 2).shape; // [1, 2, 3, 2]
 */
export function avgPool2d(x: Tensor, kernelSize: Pair, options: AvgPool2dOptions = {}): Tensor {
  return avgPool("avgPool2d", 2, x, kernelSize, options);
}
