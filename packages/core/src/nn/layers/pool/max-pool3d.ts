import type { Triple } from "../../../ops/per-axis.js";
import type { MaxPool3dOptions } from "../../../ops/pool/max-pool3d.js";
import { MaxPool } from "./max-pool.js";

/**
 * Maximum pooling as a layer, out = maxPool3d(x, kernelSize, options):
 * [batch, channels, depth, height, width] becomes [batch, channels, out depth, out height, out width], each
 * pixel the largest value of its window; NaN wins.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.MaxPool3d.html
 * @example
 * new MaxPool3d(2).forward(ones([1, 2, 4, 6, 5])).shape; // [1, 2, 2, 3, 2]
 */
export class MaxPool3d extends MaxPool<Triple, MaxPool3dOptions> {
  override get typeName(): string {
    return "MaxPool3d";
  }

  /**
   * @param kernelSize the window, in pixels: n, or [depth, height, width]
   * @param options stride, padding, dilation, ceilMode; see {@link MaxPool3dOptions}
   * @throws {ArgumentError} if an option is outside its domain
   */
  constructor(kernelSize: Triple, options: MaxPool3dOptions = {}) {
    super(3, kernelSize, options);
  }
}
