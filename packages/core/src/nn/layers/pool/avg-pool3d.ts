import type { Triple } from "../../../ops/per-axis.js";
import type { AvgPool3dOptions } from "../../../ops/pool/avg-pool3d.js";
import { AvgPool } from "./avg-pool.js";

/**
 * Average pooling as a layer, out = avgPool3d(x, kernelSize, options):
 * [batch, channels, depth, height, width] becomes [batch, channels, out depth, out height, out width], each
 * pixel the mean of its window.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.AvgPool3d.html
 * @example
 * String(new AvgPool3d(2)); // "AvgPool3d(kernel_size=2, stride=2, padding=0)"
 */
export class AvgPool3d extends AvgPool<Triple, AvgPool3dOptions> {
  override get typeName(): string {
    return "AvgPool3d";
  }

  /**
   * @param kernelSize the window, in pixels: n, or [depth, height, width]
   * @param options stride, padding, ceilMode, countIncludePad, divisorOverride; see {@link AvgPool3dOptions}
   * @throws {ArgumentError} if an option is outside its domain
   */
  constructor(kernelSize: Triple, options: AvgPool3dOptions = {}) {
    super(3, kernelSize, options);
  }
}
