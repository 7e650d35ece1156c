import type { Single } from "../../../ops/per-axis.js";
import type { AvgPool1dOptions } from "../../../ops/pool/avg-pool1d.js";
import { AvgPool } from "./avg-pool.js";

/**
 * Average pooling as a layer, out = avgPool1d(x, kernelSize, options): [batch, channels, width] becomes
 * [batch, channels, out width], each pixel the mean of its window.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.AvgPool1d.html
 * @example
 * String(new AvgPool1d(2)); // "AvgPool1d(kernel_size=(2,), stride=(2,), padding=(0,))"
 */
export class AvgPool1d extends AvgPool<Single, AvgPool1dOptions> {
  override get typeName(): string {
    return "AvgPool1d";
  }

  /**
   * @param kernelSize the window, in pixels: n, or [width]
   * @param options stride, padding, ceilMode, countIncludePad; see {@link AvgPool1dOptions}
   * @throws {ArgumentError} if an option is outside its domain
   */
  constructor(kernelSize: Single, options: AvgPool1dOptions = {}) {
    super(1, kernelSize, options);
  }
}
