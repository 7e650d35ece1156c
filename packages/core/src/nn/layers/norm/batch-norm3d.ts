import { checkSame } from "../../module.js";
import { BatchNorm, type BatchNormLayerOptions } from "./batch-norm.js";

/**
 * Batch normalisation of volumes: out = (x - mean) / sqrt(var + eps) * weight + bias, per channel.
 * x is [batch, channels, depth, height, width].
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.BatchNorm3d.html
 * @example
 * new BatchNorm3d(3).forward(ones([2, 3, 4, 5, 6])).shape; // [2, 3, 4, 5, 6]
 */
export class BatchNorm3d extends BatchNorm {
  override get typeName(): string {
    return "BatchNorm3d";
  }

  protected override get ranks(): readonly number[] {
    return [3];
  }

  override with(options: BatchNormLayerOptions): BatchNorm3d {
    const result = new BatchNorm3d(this.numFeatures, this.merged(options));
    checkSame(this, result, "with");
    return result;
  }
}
