import type { ConvTranspose1dOptions } from "../../../ops/conv/conv-transpose-geometry.js";
import type { Single } from "../../../ops/per-axis.js";
import type { NamedTensors } from "../../module.js";
import type { ConvTensors } from "./conv-layer.js";
import { ConvTranspose } from "./conv-transpose.js";

/** The options of a {@link ConvTranspose1d} layer. */
export interface ConvTranspose1dLayerOptions extends ConvTranspose1dOptions, ConvTensors {}

/**
 * A 1-D transposed convolution layer, out = convTranspose1d(x, weight, bias): [batch, in channels, width]
 * becomes [batch, out channels, out width], without the batch axis where x has none. Initial values as
 * PyTorch's, bit for bit, after the same `manualSeed`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.ConvTranspose1d.html
 * @example
 * manualSeed(0);
 * const conv = new ConvTranspose1d(3, 2, 4, { stride: 2, padding: 1 });
 * conv.weight.shape; // [3, 2, 4]
 * String(conv);      // "ConvTranspose1d(3, 2, kernel_size=(4,), stride=(2,), padding=(1,))"
 */
export class ConvTranspose1d extends ConvTranspose<ConvTranspose1dOptions> {
  override get typeName(): string {
    return "ConvTranspose1d";
  }

  /** [width], in taps. */
  declare readonly kernelSize: readonly [number];

  /**
   * @param inChannels channels of x
   * @param outChannels channels of the output
   * @param kernelSize pixels: n, or [width]
   * @param options stride, padding, outputPadding, dilation, groups, bias, weight
   * @throws {ArgumentError} if a number or option is outside its domain
   * @throws {ShapeError} if groups do not divide the channels, or a given weight or bias has another shape
   */
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Single,
    options: ConvTranspose1dLayerOptions = {},
  ) {
    super(1, inChannels, outChannels, kernelSize, options);
  }

  override rebuild(tensors: NamedTensors): ConvTranspose1d {
    return new ConvTranspose1d(this.inChannels, this.outChannels, this.kernelSize, this.withTensors(tensors));
  }
}
