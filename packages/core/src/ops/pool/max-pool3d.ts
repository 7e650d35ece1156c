import type { Tensor } from "../../tensor/tensor.js";
import type { Triple } from "../per-axis.js";
import { type MaxPoolOptions, maxPool } from "./max-pool.js";

/** The options of {@link maxPool3d}. */
export interface MaxPool3dOptions extends MaxPoolOptions<Triple> {}

/**
 * Maximum pooling: out[n, c, z, y, x] = the largest value of the kernel-sized window that begins at (z
 * stride - padding, y stride - padding, x stride - padding); NaN wins.
 *
 * @param x [batch, channels, depth, height, width], or [channels, depth, height, width]; float32, any strides
 * @param kernelSize the window, in pixels: n, or [depth, height, width]
 * @param options stride, padding, dilation, ceilMode; see {@link MaxPool3dOptions}
 * @returns [batch, channels, out depth, out height, out width], row-major
 * @throws {ShapeError} if x has another rank, an empty image, or no window fits
 * @throws {ArgumentError} if an option is outside its domain
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.max_pool3d.html
 * @example
 * maxPool3d(ones([1, 2, 6, 4, 5]), 2).shape; // [1, 2, 3, 2, 2]
 */
export function maxPool3d(x: Tensor, kernelSize: Triple, options: MaxPool3dOptions = {}): Tensor {
  return maxPool("maxPool3d", 3, x, kernelSize, options);
}
