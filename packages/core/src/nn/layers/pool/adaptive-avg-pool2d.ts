import type { AdaptivePair } from "../../../ops/pool/adaptive-avg-pool2d.js";
import { AdaptiveAvgPool } from "./adaptive-avg-pool.js";

/**
 * Average pooling to a given size, out = adaptiveAvgPool2d(x, outputSize): window i of n covers the pixels
 * from floor(i size / n) up to ceil((i + 1) size / n). x is [batch, channels, height, width]; size 1 is
 * global average pooling, and an axis with null keeps its size.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.AdaptiveAvgPool2d.html
 * @example
 * String(new AdaptiveAvgPool2d(1)); // "AdaptiveAvgPool2d(output_size=1)"
 */
export class AdaptiveAvgPool2d extends AdaptiveAvgPool<AdaptivePair> {
  override get typeName(): string {
    return "AdaptiveAvgPool2d";
  }

  /**
   * @param outputSize n, or [height, width]: the size of the output's image, in pixels; null: the axis keeps
   *   its size
   * @throws {ArgumentError} if a size is neither null nor a whole number of at least 1
   */
  constructor(outputSize: AdaptivePair, ...surplus: never[]) {
    super(2, outputSize, surplus);
  }
}
