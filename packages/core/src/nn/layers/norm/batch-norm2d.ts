import { checkSame } from "../../module.js";
import { BatchNorm, type BatchNormLayerOptions } from "./batch-norm.js";

/**
 * Batch normalisation of images: out = (x - mean) / sqrt(var + eps) * weight + bias, per channel.
 * x is [batch, channels, height, width].
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.BatchNorm2d.html
 * @example
 * String(new BatchNorm2d(2)); // "BatchNorm2d(2, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)"
 */
export class BatchNorm2d extends BatchNorm {
  override get typeName(): string {
    return "BatchNorm2d";
  }

  protected override get ranks(): readonly number[] {
    return [2];
  }

  override with(options: BatchNormLayerOptions): BatchNorm2d {
    const result = new BatchNorm2d(this.numFeatures, this.merged(options));
    checkSame(this, result, "with");
    return result;
  }
}
