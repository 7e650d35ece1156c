import type { Single } from "../../../ops/per-axis.js";
import { AdaptiveAvgPool } from "./adaptive-avg-pool.js";

/**
 * Average pooling to a given size, out = adaptiveAvgPool1d(x, outputSize): window i of n covers the pixels
 * from floor(i size / n) up to ceil((i + 1) size / n). x is [batch, channels, width]; size 1 is global
 * average pooling.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.AdaptiveAvgPool1d.html
 * @example
 * String(new AdaptiveAvgPool1d(1)); // "AdaptiveAvgPool1d(output_size=1)"
 */
export class AdaptiveAvgPool1d extends AdaptiveAvgPool<Single> {
  override get typeName(): string {
    return "AdaptiveAvgPool1d";
  }

  /**
   * @param outputSize n, or [width]: the size of the output's image, in pixels
   * @throws {ArgumentError} if a size is no whole number of at least 1
   */
  constructor(outputSize: Single, ...surplus: never[]) {
    super(1, outputSize, surplus);
  }
}
