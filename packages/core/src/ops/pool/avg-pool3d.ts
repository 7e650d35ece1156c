import type { Tensor } from "../../tensor/tensor.js";
import type { Triple } from "../per-axis.js";
import { type AvgPoolOptions, avgPool, type DivisorOption } from "./avg-pool.js";

/** The options of {@link avgPool3d}. */
export interface AvgPool3dOptions extends AvgPoolOptions<Triple>, DivisorOption {}

/**
 * Average pooling: out[n, c, z, y, x] = the mean of the kernel-sized window that begins at (z
 * stride - padding, y stride - padding, x stride - padding).
 *
 * @param x [batch, channels, depth, height, width], or [channels, depth, height, width]; float32, any strides
 * @param kernelSize the window, in pixels: n, or [depth, height, width]
 * @param options stride, padding, ceilMode, countIncludePad, divisorOverride; see {@link AvgPool3dOptions}
 * @returns [batch, channels, out depth, out height, out width], row-major; summed in float64, rounded once
 * @throws {ShapeError} if x has another rank, an empty image, or no window fits
 * @throws {ArgumentError} if an option is outside its domain
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.avg_pool3d.html
 * @example
 * avgPool3d(ones([1, 2, 6, 4, 5]), 2).shape; // [1, 2, 3, 2, 2]
 */
export function avgPool3d(x: Tensor, kernelSize: Triple, options: AvgPool3dOptions = {}): Tensor {
  return avgPool("avgPool3d", 3, x, kernelSize, options);
}
