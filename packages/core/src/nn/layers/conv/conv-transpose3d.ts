import type { ConvTranspose3dOptions } from "../../../ops/conv/conv-transpose-geometry.js";
import type { Triple } from "../../../ops/per-axis.js";
import type { NamedTensors } from "../../module.js";
import type { ConvTensors } from "./conv-layer.js";
import { ConvTranspose } from "./conv-transpose.js";

/** The options of a {@link ConvTranspose3d} layer. */
export interface ConvTranspose3dLayerOptions extends ConvTranspose3dOptions, ConvTensors {}

/**
 * A 3-D transposed convolution layer, out = convTranspose3d(x, weight, bias):
 * [batch, in channels, depth, height, width] becomes [batch, out channels, out depth, out height, out width],
 * without the batch axis where x has none. Initial values as PyTorch's, bit for bit, after the same
 * `manualSeed`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.ConvTranspose3d.html
 * @example
 * manualSeed(0);
 * const conv = new ConvTranspose3d(3, 2, 4, { stride: 2, padding: 1 });
 * conv.weight.shape; // [3, 2, 4, 4, 4]
 * String(conv);      // "ConvTranspose3d(3, 2, kernel_size=(4, 4, 4), stride=(2, 2, 2), padding=(1, 1, 1))"
 */
export class ConvTranspose3d extends ConvTranspose<ConvTranspose3dOptions> {
  override get typeName(): string {
    return "ConvTranspose3d";
  }

  /** [depth, height, width], in taps. */
  declare readonly kernelSize: readonly [number, number, number];

  /**
   * @param inChannels channels of x
   * @param outChannels channels of the output
   * @param kernelSize pixels: n, or [depth, height, width]
   * @param options stride, padding, outputPadding, dilation, groups, bias, weight
   * @throws {ArgumentError} if a number or option is outside its domain
   * @throws {ShapeError} if groups do not divide the channels, or a given weight or bias has another shape
   */
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Triple,
    options: ConvTranspose3dLayerOptions = {},
  ) {
    super(3, inChannels, outChannels, kernelSize, options);
  }

  override rebuild(tensors: NamedTensors): ConvTranspose3d {
    return new ConvTranspose3d(this.inChannels, this.outChannels, this.kernelSize, this.withTensors(tensors));
  }
}
