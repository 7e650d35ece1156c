import type { Pair } from "../../../checks.js";
import type { ConvTranspose2dOptions } from "../../../ops/conv/conv-transpose-geometry.js";
import type { NamedTensors } from "../../module.js";
import type { ConvTensors } from "./conv-layer.js";
import { ConvTranspose } from "./conv-transpose.js";

/** The options of a {@link ConvTranspose2d} layer. */
export interface ConvTranspose2dLayerOptions extends ConvTranspose2dOptions, ConvTensors {}

/**
 * A 2-D transposed convolution layer, out = convTranspose2d(x, weight, bias):
 * [batch, in channels, height, width] becomes [batch, out channels, out height, out width], without the batch
 * axis where x has none. Initial values as PyTorch's, bit for bit, after the same `manualSeed`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.ConvTranspose2d.html
 * @example
 * manualSeed(0);
 * const conv = new ConvTranspose2d(3, 2, 4, { stride: 2, padding: 1 });
 * conv.weight.shape; // [3, 2, 4, 4]
 * String(conv);      // "ConvTranspose2d(3, 2, kernel_size=(4, 4), stride=(2, 2), padding=(1, 1))"
 */
export class ConvTranspose2d extends ConvTranspose<ConvTranspose2dOptions> {
  override get typeName(): string {
    return "ConvTranspose2d";
  }

  /** [height, width], in taps. */
  declare readonly kernelSize: readonly [number, number];

  /**
   * @param inChannels channels of x
   * @param outChannels channels of the output
   * @param kernelSize pixels: n, or [height, width]
   * @param options stride, padding, outputPadding, dilation, groups, bias, weight
   * @throws {ArgumentError} if a number or option is outside its domain
   * @throws {ShapeError} if groups do not divide the channels, or a given weight or bias has another shape
   */
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Pair,
    options: ConvTranspose2dLayerOptions = {},
  ) {
    super(2, inChannels, outChannels, kernelSize, options);
  }

  override rebuild(tensors: NamedTensors): ConvTranspose2d {
    return new ConvTranspose2d(this.inChannels, this.outChannels, this.kernelSize, this.withTensors(tensors));
  }
}
