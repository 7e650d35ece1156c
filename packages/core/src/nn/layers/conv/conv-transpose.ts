import type { Op } from "../../../graph/op.js";
import {
  type AnyConvTransposeOptions,
  type ConvTransposeSettings,
  convTransposeOptionNames,
  convTransposeSettings,
} from "../../../ops/conv/conv-transpose-geometry.js";
import { type ConvKind, ConvLayer, type ConvTensors, numbersPart } from "./conv-layer.js";

const kind: ConvKind<AnyConvTransposeOptions, ConvTransposeSettings> = {
  optionNames: convTransposeOptionNames,
  settings: convTransposeSettings,
  weightChannels: (inChannels, outChannels, groups) => [inChannels, outChannels / groups],
};

/** What the transposed convolution layers of all ranks have in common. */
export abstract class ConvTranspose<Options extends AnyConvTransposeOptions> extends ConvLayer<
  Options,
  ConvTransposeSettings
> {
  protected constructor(
    rank: number,
    inChannels: number,
    outChannels: number,
    kernelSize: number | readonly number[],
    options: Options & ConvTensors,
  ) {
    super(
      rank,
      inChannels,
      outChannels,
      kernelSize,
      options,
      kind as ConvKind<Options, ConvTransposeSettings>,
    );
  }

  override get op(): Op {
    const { inChannels, outChannels, weight, bias } = this;
    const { axes, groups } = this.settings;
    const channels = { inChannels, outChannels, groups };
    return { kind: "conv", weight, bias, ...channels, axes, border: "zeros", transposed: true };
  }

  protected override extraRepr(): string {
    const { stride, padding, dilation, outputPadding, groups } = this.settings;
    const beforeBias = [
      numbersPart("padding", padding, 0),
      numbersPart("dilation", dilation, 1),
      numbersPart("output_padding", outputPadding, 0),
      { name: "groups", text: String(groups), usual: "1" },
    ];
    return this.parts(stride, beforeBias, []);
  }
}
