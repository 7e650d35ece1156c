import { ShapeError } from "../../errors.js";
import type { Op } from "../../graph/op.js";
import { batchNorm } from "../../ops/batch-norm.js";
import { assertTensor, type Tensor } from "../../tensor/tensor.js";
import { checkSame } from "../module.js";
import { normalisation } from "../normalisation.js";
import { BatchNorm2d, type BatchNorm2dOptions } from "./batch-norm2d.js";

/**
 * Batch normalisation of feature vectors: out = (x - mean) / sqrt(var + eps) * weight + bias, per feature. Options as BatchNorm2d's.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.BatchNorm1d.html
 * @example
 * new BatchNorm1d(3).forward(ones([5, 3])).shape; // [5, 3]
 */
export class BatchNorm1d extends BatchNorm2d {
  override get typeName(): string {
    return "BatchNorm1d";
  }

  override get op(): Op {
    return normalisation(this, 0);
  }

  override forward(x: Tensor): Tensor {
    assertTensor(this.typeName, "x", x);
    if (x.shape.length !== 2 || x.shape[1] !== this.numFeatures) {
      throw new ShapeError(this.typeName, `x must be [batch, ${this.numFeatures}]`, {
        "x.shape": [...x.shape],
      });
    }
    return batchNorm(x, this.runningMean, this.runningVar, {
      ...(this.weight && { weight: this.weight }),
      ...(this.bias && { bias: this.bias }),
      training: this.training,
      eps: this.eps,
    });
  }

  /** The same layer, with the same tensors, but for the options that are given; see {@link BatchNorm2d.with}. */
  override with(options: BatchNorm2dOptions): BatchNorm1d {
    const result = new BatchNorm1d(this.numFeatures, this.merged(options));
    checkSame(this, result, "with");
    return result;
  }
}
