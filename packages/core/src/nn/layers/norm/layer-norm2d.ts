import type { Op } from "../../../graph/op.js";
import type { NamedTensors } from "../../module.js";
import { LayerNorm, type LayerNormLayerOptions } from "./layer-norm.js";

/**
 * Layer normalisation of images over their channels: out = (x - mean) / sqrt(var + eps) * weight + bias, with
 * the mean and variance of each pixel's channels, as ConvNeXt has it.
 * @see https://arxiv.org/abs/2201.03545
 * @example
 * new LayerNorm2d(3, { eps: 1e-6 }).forward(ones([1, 3, 4, 5])).shape; // [1, 3, 4, 5]
 */
export class LayerNorm2d extends LayerNorm {
  override get typeName(): string {
    return "LayerNorm2d";
  }

  /**
   * @param channels channels of x, [batch, channels, height, width]
   * @param options eps, elementwiseAffine, bias, weight; see {@link LayerNormLayerOptions}
   * @throws {ArgumentError} if a size or option is outside its domain, or weights meet elementwiseAffine:
   *   false
   * @throws {ShapeError} if a given weight or bias is not [channels]
   */
  constructor(channels: number, options: LayerNormLayerOptions = {}) {
    super(channels, options);
  }

  override get op(): Op {
    const { eps, weight, bias } = this;
    const channels = this.normalizedShape[0] as number;
    return { kind: "norm", axis: "channels", channels, eps, weight, bias };
  }

  override rebuild(tensors: NamedTensors): LayerNorm2d {
    const { eps, weight, bias } = super.rebuild(tensors);
    return new LayerNorm2d(this.normalizedShape[0] as number, {
      ...{ eps, elementwiseAffine: weight !== undefined, bias: bias ?? false },
      ...(weight && { weight }),
    });
  }
}
