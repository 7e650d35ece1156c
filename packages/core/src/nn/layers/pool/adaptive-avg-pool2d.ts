import type { Pair } from "../../../checks.js";
import { AdaptiveAvgPool } from "./adaptive-avg-pool.js";

/**
 * Average pooling to a given size; size 1 is global average pooling.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.AdaptiveAvgPool2d.html
 * @example
 * String(new AdaptiveAvgPool2d(1)); // "AdaptiveAvgPool2d(output_size=1)"
 */
export class AdaptiveAvgPool2d extends AdaptiveAvgPool<Pair> {
  override get typeName(): string {
    return "AdaptiveAvgPool2d";
  }

  /** @throws {ArgumentError} if a size is no whole number of at least 1 */
  constructor(outputSize: Pair, ...surplus: never[]) {
    super(2, outputSize, surplus);
  }
}
