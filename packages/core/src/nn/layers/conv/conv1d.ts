import type { Conv1dOptions } from "../../../ops/conv/conv-geometry.js";
import type { Single } from "../../../ops/per-axis.js";
import type { NamedTensors } from "../../module.js";
import { Conv } from "./conv.js";
import type { ConvTensors } from "./conv-layer.js";

/** The options of a {@link Conv1d} layer. */
export interface Conv1dLayerOptions extends Conv1dOptions, ConvTensors {}

/**
 * A 1-D convolution layer, out = conv1d(x, weight, bias): [batch, in channels, width] becomes
 * [batch, out channels, out width], without the batch axis where x has none. Initial values as PyTorch's, bit
 * for bit, after the same `manualSeed`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Conv1d.html
 * @example
 * manualSeed(0);
 * const conv = new Conv1d(3, 2, 3, { padding: "same" });
 * conv.weight.shape; // [2, 3, 3]
 * String(conv);      // "Conv1d(3, 2, kernel_size=(3,), stride=(1,), padding=same)"
 */
export class Conv1d extends Conv<Conv1dOptions> {
  override get typeName(): string {
    return "Conv1d";
  }

  /** [width], in taps. */
  declare readonly kernelSize: readonly [number];

  /**
   * @param inChannels channels of x
   * @param outChannels channels of the output
   * @param kernelSize pixels: n, or [width]
   * @param options stride, padding, dilation, groups, paddingMode, bias, weight
   * @throws {ArgumentError} if a number or option is outside its domain
   * @throws {ShapeError} if groups do not divide the channels, or a given weight or bias has another shape
   */
  constructor(inChannels: number, outChannels: number, kernelSize: Single, options: Conv1dLayerOptions = {}) {
    super(1, inChannels, outChannels, kernelSize, options);
  }

  override rebuild(tensors: NamedTensors): Conv1d {
    return new Conv1d(this.inChannels, this.outChannels, this.kernelSize, this.withTensors(tensors));
  }
}
