import type { Triple } from "../../../ops/per-axis.js";
import { AdaptiveAvgPool } from "./adaptive-avg-pool.js";

/**
 * Average pooling to a given size; size 1 is global average pooling.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.AdaptiveAvgPool3d.html
 * @example
 * String(new AdaptiveAvgPool3d(1)); // "AdaptiveAvgPool3d(output_size=1)"
 */
export class AdaptiveAvgPool3d extends AdaptiveAvgPool<Triple> {
  override get typeName(): string {
    return "AdaptiveAvgPool3d";
  }

  /** @throws {ArgumentError} if a size is no whole number of at least 1 */
  constructor(outputSize: Triple, ...surplus: never[]) {
    super(3, outputSize, surplus);
  }
}
