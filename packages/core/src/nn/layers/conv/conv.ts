import { checkOptions, type OptionNames, whole } from "../../../checks.js";
import { ShapeError } from "../../../errors.js";
import type { Op } from "../../../graph/op.js";
import { checkChannelVector } from "../../../ops/channel-vector.js";
import { conv } from "../../../ops/conv/conv.js";
import {
  type AnyConvOptions,
  type AnyPadding,
  type ConvSettings,
  convOptionNames,
  convSettings,
} from "../../../ops/conv/conv-geometry.js";
import { perAxis } from "../../../ops/per-axis.js";
import { initialBias, initialWeight } from "../../../random/init.js";
import { assertTensor, type Tensor } from "../../../tensor/tensor.js";
import { Module, type NamedTensors } from "../../module.js";
import { tuple } from "../../repr.js";

/** The tensors of a convolution layer, as options. */
export interface ConvTensors {
  /** False: no bias. A tensor: this bias. Default true: drawn as PyTorch draws it. */
  readonly bias?: boolean | Tensor;
  /** Of the layer's shape: [out, in / groups, ...kernel], transposed [in, out / groups, ...kernel]; drawn as PyTorch draws it by default. */
  readonly weight?: Tensor;
}

const convLayerOptionNames: OptionNames<AnyConvOptions & ConvTensors> = {
  ...convOptionNames,
  bias: true,
  weight: true,
};

/** What the convolution layers of all ranks have in common. */
export abstract class Conv<Options extends AnyConvOptions> extends Module {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: readonly number[];
  /** [out, in / groups, ...kernel] */
  readonly weight: Tensor;
  /** [out], or undefined */
  readonly bias: Tensor | undefined;
  /** The options as given, for the operation. */
  readonly options: Options;
  /** The options in their fullest form. */
  readonly settings: ConvSettings;

  protected constructor(
    rank: number,
    inChannels: number,
    outChannels: number,
    kernelSize: number | readonly number[],
    options: Options & ConvTensors,
  ) {
    super();
    const op = this.typeName;
    checkOptions<AnyConvOptions & ConvTensors>(op, options, convLayerOptionNames);
    const { bias = true, weight, ...convOptions } = options;
    this.inChannels = whole(op, "inChannels", inChannels, 1);
    this.outChannels = whole(op, "outChannels", outChannels, 1);
    this.kernelSize = perAxis(op, "kernelSize", kernelSize, rank, 1);
    this.options = convOptions as unknown as Options;
    this.settings = convSettings(op, this.kernelSize, this.options);
    const { groups } = this.settings;
    checkGroups(op, inChannels, outChannels, groups);
    const weightShape = [outChannels, inChannels / groups, ...this.kernelSize];
    this.weight = weightOf(op, weight, weightShape);
    this.bias = biasOf(op, bias, weightShape, outChannels);
    Object.freeze(this);
  }

  override get op(): Op {
    const { inChannels, outChannels, weight, bias } = this;
    const { axes, groups, paddingMode: border } = this.settings;
    const channels = { inChannels, outChannels, groups };
    return { kind: "conv", weight, bias, ...channels, axes, border, transposed: false };
  }

  override forward(x: Tensor): Tensor {
    const rank = this.kernelSize.length;
    return conv(`conv${rank}d`, rank, x, this.weight, this.bias, this.options);
  }

  override ownParameters(): NamedTensors {
    return weightAndBias(this);
  }

  /** The options for the same layer with other tensors. */
  protected withTensors(tensors: NamedTensors): Options & ConvTensors {
    return { ...this.options, ...replacedTensors(this, tensors) };
  }

  protected override extraRepr(): string {
    const { axes, groups, paddingMode } = this.settings;
    const stride = axes.map((axis) => axis.stride);
    const dilation = axes.map((axis) => axis.dilation);
    const parts = [
      `${this.inChannels}, ${this.outChannels}, kernel_size=${tuple(this.kernelSize)}, stride=${tuple(stride)}`,
    ];
    const padding = paddingRepr(this.options.padding ?? 0, axes.length);
    if (padding !== tuple(axes.map(() => 0))) parts.push(`padding=${padding}`);
    if (dilation.some((step) => step !== 1)) parts.push(`dilation=${tuple(dilation)}`);
    if (groups !== 1) parts.push(`groups=${groups}`);
    if (this.bias === undefined) parts.push("bias=False");
    if (paddingMode !== "zeros") parts.push(`padding_mode=${paddingMode}`);
    return parts.join(", ");
  }
}

/** @throws {ShapeError} if groups do not divide the channels */
export function checkGroups(op: string, inChannels: number, outChannels: number, groups: number): void {
  if (inChannels % groups === 0 && outChannels % groups === 0) return;
  throw new ShapeError(op, "groups must divide the input and the output channels", {
    inChannels,
    outChannels,
    groups,
  });
}

/** The given weight, checked, or one drawn as PyTorch draws it. */
export function weightOf(op: string, weight: Tensor | undefined, shape: readonly number[]): Tensor {
  if (weight === undefined) return initialWeight(shape);
  assertTensor(op, "weight", weight);
  if (weight.shape.length === shape.length && shape.every((size, axis) => size === weight.shape[axis]))
    return weight;
  throw new ShapeError(op, `weight must be [${shape.join(",")}]`, { "weight.shape": [...weight.shape] });
}

/** The given bias, checked, one drawn as PyTorch draws it after the weight, or none. */
export function biasOf(
  op: string,
  bias: boolean | Tensor,
  weightShape: readonly number[],
  outChannels: number,
): Tensor | undefined {
  if (typeof bias !== "boolean") checkChannelVector(op, "bias", bias, outChannels);
  return bias === true ? initialBias(weightShape, outChannels) : bias || undefined;
}

interface WeightAndBias {
  readonly weight: Tensor;
  readonly bias: Tensor | undefined;
}

export function weightAndBias({ weight, bias }: WeightAndBias): NamedTensors {
  const own = new Map([["weight", weight]]);
  if (bias !== undefined) own.set("bias", bias);
  return own;
}

/** A layer's weight and bias as options, with those of some names in their place. */
export function replacedTensors(
  { weight, bias }: WeightAndBias,
  tensors: NamedTensors,
): Required<ConvTensors> {
  return {
    weight: tensors.get("weight") ?? weight,
    bias: bias === undefined ? false : (tensors.get("bias") ?? bias),
  };
}

function paddingRepr(padding: AnyPadding, rank: number): string {
  if (typeof padding === "string") return padding;
  if (typeof padding === "number") return tuple(new Array<number>(rank).fill(padding));
  return tuple(padding.map((one) => (typeof one === "number" ? one : tuple(one))));
}
