import { checkSame } from "../../module.js";
import { BatchNorm, type BatchNormLayerOptions } from "./batch-norm.js";

/**
 * Batch normalisation of feature vectors, or of sequences:
 * out = (x - mean) / sqrt(var + eps) * weight + bias, per feature. x is [batch, features] or
 * [batch, features, width].
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.BatchNorm1d.html
 * @example
 * new BatchNorm1d(3).forward(ones([5, 3])).shape; // [5, 3]
 */
export class BatchNorm1d extends BatchNorm {
  override get typeName(): string {
    return "BatchNorm1d";
  }

  protected override get ranks(): readonly number[] {
    return [0, 1];
  }

  override with(options: BatchNormLayerOptions): BatchNorm1d {
    const result = new BatchNorm1d(this.numFeatures, this.merged(options));
    checkSame(this, result, "with");
    return result;
  }
}
