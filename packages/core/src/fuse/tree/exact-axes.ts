import type { ImageForm, Op } from "../../graph/op.js";
import { ConvTranspose1d } from "../../nn/layers/conv/conv-transpose1d.js";
import { Conv1d } from "../../nn/layers/conv/conv1d.js";
import { Flatten } from "../../nn/layers/flatten.js";
import { Linear } from "../../nn/layers/linear.js";
import type { BatchNormLayerOptions } from "../../nn/layers/norm/batch-norm.js";
import { BatchNorm1d } from "../../nn/layers/norm/batch-norm1d.js";
import type { NamedTensors } from "../../nn/module.js";

// One layer may stand for several that take values of some number of axes in different ways: of [a, b, c] a
// Linear's features are c, and a norm's are b; [a, b] is a signal without its batch to a Conv1d, and a batch
// of features to a norm. These layers are what PyTorch calls them, but refuse what the layers that they stand
// for do not agree about.

/** A matrix on [batch, features] and [features] alone. */
export class FeaturesLinear extends Linear {
  override get op(): Op {
    return { ...super.op, rank: 0 } as Op;
  }

  override rebuild(tensors: NamedTensors): FeaturesLinear {
    const { inFeatures, outFeatures, weight, bias } = this;
    return new FeaturesLinear(inFeatures, outFeatures, {
      weight: tensors.get("weight") ?? weight,
      bias: bias !== undefined && (tensors.get("bias") ?? bias),
    });
  }
}

/** A norm of [batch, features] alone. */
export class FeaturesNorm extends BatchNorm1d {
  protected override get ranks(): readonly number[] {
    return [0];
  }

  override with(options: BatchNormLayerOptions): FeaturesNorm {
    return new FeaturesNorm(this.numFeatures, this.merged(options));
  }
}

/** A convolution of signals that have their batch axis. */
export class BatchedConv1d extends Conv1d {
  override get op(): Op {
    return { ...super.op, batched: true } as Op;
  }

  override rebuild(tensors: NamedTensors): BatchedConv1d {
    return new BatchedConv1d(this.inChannels, this.outChannels, this.kernelSize, this.withTensors(tensors));
  }
}

/** The same, transposed. */
export class BatchedConvTranspose1d extends ConvTranspose1d {
  override get op(): Op {
    return { ...super.op, batched: true } as Op;
  }

  override rebuild(tensors: NamedTensors): BatchedConvTranspose1d {
    return new BatchedConvTranspose1d(
      this.inChannels,
      this.outChannels,
      this.kernelSize,
      this.withTensors(tensors),
    );
  }
}

/**
 * A flattening of batches of images of so many channels and axes: what a norm refused before it, that it
 * refuses now that the norm is behind it.
 */
export class ImagesFlatten extends Flatten {
  readonly #images: ImageForm;

  constructor(images: ImageForm) {
    super();
    this.#images = images;
  }

  override get op(): Op {
    return { kind: "flatten", images: this.#images };
  }
}
