import type { Pair } from "../../../checks.js";
import type { Conv2dOptions } from "../../../ops/conv/conv-geometry.js";
import type { NamedTensors } from "../../module.js";
import { Conv } from "./conv.js";
import type { ConvTensors } from "./conv-layer.js";

/** The options of a {@link Conv2d} layer. */
export interface Conv2dLayerOptions extends Conv2dOptions, ConvTensors {}

/**
 * A 2-D convolution layer, out = conv2d(x, weight, bias): [batch, in channels, height, width] becomes
 * [batch, out channels, out height, out width], without the batch axis where x has none. Initial values as
 * PyTorch's, bit for bit, after the same `manualSeed`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Conv2d.html
 * @example
 * manualSeed(0);
 * const conv = new Conv2d(3, 2, 3, { padding: "same" });
 * conv.weight.shape; // [2, 3, 3, 3]
 * String(conv);      // "Conv2d(3, 2, kernel_size=(3, 3), stride=(1, 1), padding=same)"
 */
export class Conv2d extends Conv<Conv2dOptions> {
  override get typeName(): string {
    return "Conv2d";
  }

  /** [height, width], in taps. */
  declare readonly kernelSize: readonly [number, number];

  /**
   * @param inChannels channels of x
   * @param outChannels channels of the output
   * @param kernelSize pixels: n, or [height, width]
   * @param options stride, padding, dilation, groups, paddingMode, bias, weight
   * @throws {ArgumentError} if a number or option is outside its domain
   * @throws {ShapeError} if groups do not divide the channels, or a given weight or bias has another shape
   */
  constructor(inChannels: number, outChannels: number, kernelSize: Pair, options: Conv2dLayerOptions = {}) {
    super(2, inChannels, outChannels, kernelSize, options);
  }

  override rebuild(tensors: NamedTensors): Conv2d {
    return new Conv2d(this.inChannels, this.outChannels, this.kernelSize, this.withTensors(tensors));
  }
}
