import type { Conv3dOptions } from "../../../ops/conv/conv-geometry.js";
import type { Triple } from "../../../ops/per-axis.js";
import type { NamedTensors } from "../../module.js";
import { Conv } from "./conv.js";
import type { ConvTensors } from "./conv-layer.js";

/** The options of a {@link Conv3d} layer. */
export interface Conv3dLayerOptions extends Conv3dOptions, ConvTensors {}

/**
 * A 3-D convolution layer, out = conv3d(x, weight, bias): [batch, in channels, depth, height, width] becomes
 * [batch, out channels, out depth, out height, out width], without the batch axis where x has none. Initial
 * values as PyTorch's, bit for bit, after the same `manualSeed`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Conv3d.html
 * @example
 * manualSeed(0);
 * const conv = new Conv3d(3, 2, 3, { padding: "same" });
 * conv.weight.shape; // [2, 3, 3, 3, 3]
 * String(conv);      // "Conv3d(3, 2, kernel_size=(3, 3, 3), stride=(1, 1, 1), padding=same)"
 */
export class Conv3d extends Conv<Conv3dOptions> {
  override get typeName(): string {
    return "Conv3d";
  }

  /** [depth, height, width], in taps. */
  declare readonly kernelSize: readonly [number, number, number];

  /**
   * @param inChannels channels of x
   * @param outChannels channels of the output
   * @param kernelSize pixels: n, or [depth, height, width]
   * @param options stride, padding, dilation, groups, paddingMode, bias, weight
   * @throws {ArgumentError} if a number or option is outside its domain
   * @throws {ShapeError} if groups do not divide the channels, or a given weight or bias has another shape
   */
  constructor(inChannels: number, outChannels: number, kernelSize: Triple, options: Conv3dLayerOptions = {}) {
    super(3, inChannels, outChannels, kernelSize, options);
  }

  override rebuild(tensors: NamedTensors): Conv3d {
    return new Conv3d(this.inChannels, this.outChannels, this.kernelSize, this.withTensors(tensors));
  }
}
