import { checkOptions, type OptionNames, whole } from "../../../checks.js";
import type { Op } from "../../../graph/op.js";
import { convTranspose } from "../../../ops/conv/conv-transpose.js";
import {
  type AnyConvTransposeOptions,
  type ConvTransposeSettings,
  convTransposeOptionNames,
  convTransposeSettings,
} from "../../../ops/conv/conv-transpose-geometry.js";
import { perAxis } from "../../../ops/per-axis.js";
import type { Tensor } from "../../../tensor/tensor.js";
import { Module, type NamedTensors } from "../../module.js";
import { tuple } from "../../repr.js";
import { biasOf, type ConvTensors, checkGroups, replacedTensors, weightAndBias, weightOf } from "./conv.js";

const convTransposeLayerOptionNames: OptionNames<AnyConvTransposeOptions & ConvTensors> = {
  ...convTransposeOptionNames,
  bias: true,
  weight: true,
};

/** What the transposed convolution layers of all ranks have in common. */
export abstract class ConvTranspose<Options extends AnyConvTransposeOptions> extends Module {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: readonly number[];
  /** [in, out / groups, ...kernel] */
  readonly weight: Tensor;
  /** [out], or undefined */
  readonly bias: Tensor | undefined;
  /** The options as given, for the operation. */
  readonly options: Options;
  /** The options in their fullest form. */
  readonly settings: ConvTransposeSettings;

  protected constructor(
    rank: number,
    inChannels: number,
    outChannels: number,
    kernelSize: number | readonly number[],
    options: Options & ConvTensors,
  ) {
    super();
    const op = this.typeName;
    checkOptions<AnyConvTransposeOptions & ConvTensors>(op, options, convTransposeLayerOptionNames);
    const { bias = true, weight, ...convOptions } = options;
    this.inChannels = whole(op, "inChannels", inChannels, 1);
    this.outChannels = whole(op, "outChannels", outChannels, 1);
    this.kernelSize = perAxis(op, "kernelSize", kernelSize, rank, 1);
    this.options = convOptions as unknown as Options;
    this.settings = convTransposeSettings(op, this.kernelSize, this.options);
    const { groups } = this.settings;
    checkGroups(op, inChannels, outChannels, groups);
    const weightShape = [inChannels, outChannels / groups, ...this.kernelSize];
    this.weight = weightOf(op, weight, weightShape);
    this.bias = biasOf(op, bias, weightShape, outChannels);
    Object.freeze(this);
  }

  override get op(): Op {
    const { inChannels, outChannels, weight, bias } = this;
    const { axes, groups } = this.settings;
    const channels = { inChannels, outChannels, groups };
    return { kind: "conv", weight, bias, ...channels, axes, border: "zeros", transposed: true };
  }

  override forward(x: Tensor): Tensor {
    const rank = this.kernelSize.length;
    return convTranspose(`convTranspose${rank}d`, rank, x, this.weight, this.bias, this.options);
  }

  override ownParameters(): NamedTensors {
    return weightAndBias(this);
  }

  /** The options for the same layer with other tensors. */
  protected withTensors(tensors: NamedTensors): Options & ConvTensors {
    return { ...this.options, ...replacedTensors(this, tensors) };
  }

  protected override extraRepr(): string {
    const { stride, padding, dilation, outputPadding, groups } = this.settings;
    const parts = [
      `${this.inChannels}, ${this.outChannels}, kernel_size=${tuple(this.kernelSize)}, stride=${tuple(stride)}`,
    ];
    if (padding.some((pixels) => pixels !== 0)) parts.push(`padding=${tuple(padding)}`);
    if (dilation.some((step) => step !== 1)) parts.push(`dilation=${tuple(dilation)}`);
    if (outputPadding.some((pixels) => pixels !== 0)) parts.push(`output_padding=${tuple(outputPadding)}`);
    if (groups !== 1) parts.push(`groups=${groups}`);
    if (this.bias === undefined) parts.push("bias=False");
    return parts.join(", ");
  }
}
