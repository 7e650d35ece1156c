import type { Op } from "../../../graph/op.js";
import {
  type AnyConvOptions,
  type AnyPadding,
  type ConvSettings,
  convOptionNames,
  convSettings,
} from "../../../ops/conv/conv-geometry.js";
import { tuple } from "../../repr.js";
import { type ConvKind, ConvLayer, type ConvTensors, numbersPart } from "./conv-layer.js";

const kind: ConvKind<AnyConvOptions, ConvSettings> = {
  optionNames: convOptionNames,
  settings: convSettings,
  weightChannels: (inChannels, outChannels, groups) => [outChannels, inChannels / groups],
};

/** What the convolution layers of all ranks have in common. */
export abstract class Conv<Options extends AnyConvOptions> extends ConvLayer<Options, ConvSettings> {
  protected constructor(
    rank: number,
    inChannels: number,
    outChannels: number,
    kernelSize: number | readonly number[],
    options: Options & ConvTensors,
  ) {
    super(rank, inChannels, outChannels, kernelSize, options, kind as ConvKind<Options, ConvSettings>);
  }

  override get op(): Op {
    const { inChannels, outChannels, weight, bias } = this;
    const { axes, groups, paddingMode: border } = this.settings;
    return { kind: "conv", weight, bias, inChannels, outChannels, groups, axes, border, transposed: false };
  }

  protected override extraRepr(): string {
    const { axes, groups, paddingMode } = this.settings;
    const [strides, dilations] = [axes.map(({ stride }) => stride), axes.map(({ dilation }) => dilation)];
    const padding = paddingRepr(this.options.padding ?? 0, axes.length);
    const beforeBias = [
      { name: "padding", text: padding, usual: paddingRepr(0, axes.length) },
      numbersPart("dilation", dilations, 1),
      { name: "groups", text: String(groups), usual: "1" },
    ];
    return this.parts(strides, beforeBias, [{ name: "padding_mode", text: paddingMode, usual: "zeros" }]);
  }
}

function paddingRepr(padding: AnyPadding, rank: number): string {
  if (typeof padding === "string") return padding;
  if (typeof padding === "number") return tuple(new Array<number>(rank).fill(padding));
  return tuple(padding.map((one) => (typeof one === "number" ? one : tuple(one))));
}
