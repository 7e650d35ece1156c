import type { Tensor } from "../../tensor/tensor.js";
import type { Single } from "../per-axis.js";
import { type AvgPoolOptions, avgPool } from "./avg-pool.js";

/** The options of {@link avgPool1d}. */
export interface AvgPool1dOptions extends AvgPoolOptions<Single> {}

/**
 * Average pooling: out[n, c, x] = the mean of the kernel-sized window that begins at x stride - padding.
 *
 * @param x [batch, channels, width], or [channels, width]; float32, any strides
 * @param kernelSize the window, in pixels: n, or [width]
 * @param options stride, padding, ceilMode, countIncludePad; see {@link AvgPool1dOptions}
 * @returns [batch, channels, out width], row-major; summed in float64, rounded once
 * @throws {ShapeError} if x has another rank, an empty image, or no window fits
 * @throws {ArgumentError} if an option is outside its domain
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.avg_pool1d.html
 * @example
 * avgPool1d(ones([1, 2, 6]), 2).shape; // [1, 2, 3]
 */
export function avgPool1d(x: Tensor, kernelSize: Single, options: AvgPool1dOptions = {}): Tensor {
  return avgPool("avgPool1d", 1, x, kernelSize, options);
}
