import type { Single } from "../../../ops/per-axis.js";
import type { MaxPool1dOptions } from "../../../ops/pool/max-pool1d.js";
import { MaxPool } from "./max-pool.js";

/**
 * Maximum pooling as a layer, out = maxPool1d(x, kernelSize, options): [batch, channels, width] becomes
 * [batch, channels, out width], each pixel the largest value of its window; NaN wins.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.MaxPool1d.html
 * @example
 * new MaxPool1d(2).forward(ones([1, 2, 6])).shape; // [1, 2, 3]
 */
export class MaxPool1d extends MaxPool<Single, MaxPool1dOptions> {
  override get typeName(): string {
    return "MaxPool1d";
  }

  /**
   * @param kernelSize the window, in pixels: n, or [width]
   * @param options stride, padding, dilation, ceilMode; see {@link MaxPool1dOptions}
   * @throws {ArgumentError} if an option is outside its domain
   */
  constructor(kernelSize: Single, options: MaxPool1dOptions = {}) {
    super(1, kernelSize, options);
  }
}
