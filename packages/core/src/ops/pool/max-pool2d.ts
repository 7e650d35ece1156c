import type { Pair } from "../../checks.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type MaxPoolOptions, maxPool } from "./max-pool.js";

/** The options of {@link maxPool2d}. */
export interface MaxPool2dOptions extends MaxPoolOptions<Pair> {}

/**
 * Maximum pooling: out[n, c, y, x] = the largest value of the kernel-sized window that begins at (y
 * stride - padding, x stride - padding); NaN wins.
 *
 * @param x [batch, channels, height, width], or [channels, height, width]; float32, any strides
 * @param kernelSize the window, in pixels: n, or [height, width]
 * @param options stride, padding, dilation, ceilMode; see {@link MaxPool2dOptions}
 * @returns [batch, channels, out height, out width], row-major
 * @throws {ShapeError} if x has another rank, an empty image, or no window fits
 * @throws {ArgumentError} if an option is outside its domain
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.max_pool2d.html
 * @example
 * maxPool2d(ones([1, 2, 6, 4]), 2).shape; // [1, 2, 3, 2]
 */
export function maxPool2d(x: Tensor, kernelSize: Pair, options: MaxPool2dOptions = {}): Tensor {
  return maxPool("maxPool2d", 2, x, kernelSize, options);
}
