import { ShapeError } from "../../../errors.js";
import type { Op } from "../../../graph/op.js";
import { normalised } from "../../../ops/layer-norm.js";
import { assertTensor, product, type Tensor } from "../../../tensor/tensor.js";
import type { NamedTensors } from "../../module.js";
import { LayerNorm, type LayerNormLayerOptions } from "./layer-norm.js";

/**
 * Layer normalisation of images over their channels: out = (x - mean) / sqrt(var + eps) * weight + bias, with the mean and variance of
 * each pixel's channels, as ConvNeXt has it.
 * @see https://arxiv.org/abs/2201.03545
 * @example
 * new LayerNorm2d(3, { eps: 1e-6 }).forward(ones([1, 3, 4, 5])).shape; // [1, 3, 4, 5]
 */
export class LayerNorm2d extends LayerNorm {
  override get typeName(): string {
    return "LayerNorm2d";
  }

  /**
   * @param channels channels of x
   * @throws {ArgumentError} if a size or option is outside its domain, or weights meet elementwiseAffine: false
   * @throws {ShapeError} if a given weight or bias is not [channels]
   */
  constructor(channels: number, options: LayerNormLayerOptions = {}) {
    super(channels, options);
  }

  override get op(): Op {
    const { eps, weight, bias } = this;
    return { kind: "norm", axis: "channels", eps, weight, bias };
  }

  /** @throws {ShapeError} if x is not [batch, channels, height, width] */
  override forward(x: Tensor): Tensor {
    assertTensor(this.typeName, "x", x);
    const { eps, weight, bias } = this;
    const [channels] = this.normalizedShape as readonly [number];
    if (x.shape.length !== 4 || x.shape[1] !== channels) {
      throw new ShapeError(this.typeName, `x must be [batch, ${channels}, height, width]`, {
        "x.shape": [...x.shape],
      });
    }
    const places = { outer: x.shape[0] as number, channels, inner: product(x.shape.slice(2)) };
    return normalised(this.typeName, x, [channels], places, {
      ...{ eps, ...(weight && { weight }), ...(bias && { bias }) },
    });
  }

  override rebuild(tensors: NamedTensors): LayerNorm2d {
    const { eps, weight, bias } = super.rebuild(tensors);
    return new LayerNorm2d(this.normalizedShape[0] as number, {
      ...{ eps, elementwiseAffine: weight !== undefined, bias: bias ?? false },
      ...(weight && { weight }),
    });
  }
}
