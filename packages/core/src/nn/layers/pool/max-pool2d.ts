import type { Pair } from "../../../checks.js";
import type { MaxPool2dOptions } from "../../../ops/pool/max-pool2d.js";
import { MaxPool } from "./max-pool.js";

/**
 * Maximum pooling as a layer, out = maxPool2d(x, kernelSize, options): [batch, channels, height, width]
 * becomes [batch, channels, out height, out width], each pixel the largest value of its window; NaN wins.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.MaxPool2d.html
 * @example
 * new MaxPool2d(2).forward(ones([1, 2, 4, 6])).shape; // [1, 2, 2, 3]
 */
export class MaxPool2d extends MaxPool<Pair, MaxPool2dOptions> {
  override get typeName(): string {
    return "MaxPool2d";
  }

  /**
   * @param kernelSize the window, in pixels: n, or [height, width]
   * @param options stride, padding, dilation, ceilMode; see {@link MaxPool2dOptions}
   * @throws {ArgumentError} if an option is outside its domain
   */
  constructor(kernelSize: Pair, options: MaxPool2dOptions = {}) {
    super(2, kernelSize, options);
  }
}
