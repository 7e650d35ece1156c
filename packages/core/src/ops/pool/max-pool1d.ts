import type { Tensor } from "../../tensor/tensor.js";
import type { Single } from "../per-axis.js";
import { type MaxPoolOptions, maxPool } from "./max-pool.js";

/** The options of {@link maxPool1d}. */
export interface MaxPool1dOptions extends MaxPoolOptions<Single> {}

/**
 * Maximum pooling: out[n, c, x] = the largest value of the kernel-sized window that begins
 * at x stride - padding; NaN wins.
 *
 * @param x [batch, channels, width], or [channels, width]; float32, any strides
 * @param kernelSize the window, in pixels: n, or [width]
 * @param options stride, padding, dilation, ceilMode; see {@link MaxPool1dOptions}
 * @returns [batch, channels, out width], row-major
 * @throws {ShapeError} if x has another rank, an empty image, or no window fits
 * @throws {ArgumentError} if an option is outside its domain
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.max_pool1d.html
 * @example
 * maxPool1d(ones([1, 2, 6]), 2).shape; // [1, 2, 3]
 */
export function maxPool1d(x: Tensor, kernelSize: Single, options: MaxPool1dOptions = {}): Tensor {
  return maxPool("maxPool1d", 1, x, kernelSize, options);
}
