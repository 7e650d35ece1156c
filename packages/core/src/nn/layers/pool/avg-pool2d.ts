import type { Pair } from "../../../checks.js";
import type { AvgPool2dOptions } from "../../../ops/pool/avg-pool2d.js";
import { AvgPool } from "./avg-pool.js";

/**
 * Average pooling as a layer, out = avgPool2d(x, kernelSize, options): [batch, channels, height, width]
 * becomes [batch, channels, out height, out width], each pixel the mean of its window.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.AvgPool2d.html
 * @example
 * String(new AvgPool2d(2)); // "AvgPool2d(kernel_size=2, stride=2, padding=0)"
 */
export class AvgPool2d extends AvgPool<Pair, AvgPool2dOptions> {
  override get typeName(): string {
    return "AvgPool2d";
  }

  /**
   * @param kernelSize the window, in pixels: n, or [height, width]
   * @param options stride, padding, ceilMode, countIncludePad, divisorOverride; see {@link AvgPool2dOptions}
   * @throws {ArgumentError} if an option is outside its domain
   */
  constructor(kernelSize: Pair, options: AvgPool2dOptions = {}) {
    super(2, kernelSize, options);
  }
}
