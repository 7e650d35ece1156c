import type { AdaptiveTriple } from "../../../ops/pool/adaptive-avg-pool3d.js";
import { AdaptiveAvgPool } from "./adaptive-avg-pool.js";

/**
 * Average pooling to a given size, out = adaptiveAvgPool3d(x, outputSize): window i of n covers the pixels
 * from floor(i size / n) up to ceil((i + 1) size / n). x is [batch, channels, depth, height, width]; size 1
 * is global average pooling, and an axis with null keeps its size.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.AdaptiveAvgPool3d.html
 * @example
 * String(new AdaptiveAvgPool3d(1)); // "AdaptiveAvgPool3d(output_size=1)"
 */
export class AdaptiveAvgPool3d extends AdaptiveAvgPool<AdaptiveTriple> {
  override get typeName(): string {
    return "AdaptiveAvgPool3d";
  }

  /**
   * @param outputSize n, or [depth, height, width]: the size of the output's image, in pixels; null: the axis
   *   keeps its size
   * @throws {ArgumentError} if a size is neither null nor a whole number of at least 1
   */
  constructor(outputSize: AdaptiveTriple, ...surplus: never[]) {
    super(3, outputSize, surplus);
  }
}
