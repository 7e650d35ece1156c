import { checkOptions, type OptionNames, whole } from "../../../checks.js";
import { ShapeError } from "../../../errors.js";
import { checkChannelVector } from "../../../ops/channel-vector.js";
import { perAxis } from "../../../ops/per-axis.js";
import { initialBias, initialWeight } from "../../../random/init.js";
import { assertTensor, type Tensor } from "../../../tensor/tensor.js";
import { Layer } from "../../layer.js";
import type { NamedTensors } from "../../module.js";
import { tuple } from "../../repr.js";

/** The tensors of a convolution layer, as options. */
export interface ConvTensors {
  /** False: no bias. A tensor: this bias. Default true: drawn as PyTorch draws it. */
  readonly bias?: boolean | Tensor;
  /**
   * Of the layer's shape: [out, in / groups, ...kernel], transposed [in, out / groups, ...kernel]; drawn as
   * PyTorch draws it by default.
   */
  readonly weight?: Tensor;
}

/** What tells a convolution from a transposed one. */
export interface ConvKind<Options extends object, Settings> {
  readonly optionNames: OptionNames<Options>;
  /** The options, checked and in their fullest form. */
  settings(op: string, kernelSize: readonly number[], options: Options): Settings;
  /** The weight's channels, before the kernel's sizes. */
  weightChannels(inChannels: number, outChannels: number, groups: number): readonly [number, number];
}

/** What the layers of convolutions and of transposed convolutions of all ranks have in common. */
export abstract class ConvLayer<
  Options extends object,
  Settings extends { readonly groups: number },
> extends Layer {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: readonly number[];
  /** [out, in / groups, ...kernel]; of a transposed convolution [in, out / groups, ...kernel] */
  readonly weight: Tensor;
  /** [out], or undefined */
  readonly bias: Tensor | undefined;
  /** The options as given, for the operation. */
  readonly options: Options;
  /** The options in their fullest form. */
  readonly settings: Settings;

  protected constructor(
    rank: number,
    inChannels: number,
    outChannels: number,
    kernelSize: number | readonly number[],
    options: Options & ConvTensors,
    kind: ConvKind<Options, Settings>,
  ) {
    super();
    const op = this.typeName;
    const names = { ...kind.optionNames, bias: true, weight: true } as OptionNames<Options & ConvTensors>;
    checkOptions<Options & ConvTensors>(op, options, names);
    const { bias = true, weight, ...convOptions } = options;
    this.inChannels = whole(op, "inChannels", inChannels, 1);
    this.outChannels = whole(op, "outChannels", outChannels, 1);
    this.kernelSize = perAxis(op, "kernelSize", kernelSize, rank, 1);
    this.options = convOptions as unknown as Options;
    this.settings = kind.settings(op, this.kernelSize, this.options);
    const { groups } = this.settings;
    if (inChannels % groups !== 0 || outChannels % groups !== 0) {
      const rule = "groups must divide the input and the output channels";
      throw new ShapeError(op, rule, { inChannels, outChannels, groups });
    }
    const weightShape = [...kind.weightChannels(inChannels, outChannels, groups), ...this.kernelSize];
    this.weight = weightOf(op, weight, weightShape);
    if (typeof bias !== "boolean") checkChannelVector(op, "bias", bias, outChannels);
    // PyTorch draws the bias after the weight.
    this.bias = bias === true ? initialBias(weightShape, outChannels) : bias || undefined;
    Object.freeze(this);
  }

  override ownParameters(): NamedTensors {
    const own = new Map([["weight", this.weight]]);
    if (this.bias !== undefined) own.set("bias", this.bias);
    return own;
  }

  /** The options for the same layer with other tensors. */
  protected withTensors(tensors: NamedTensors): Options & ConvTensors {
    const bias = this.bias === undefined ? false : (tensors.get("bias") ?? this.bias);
    return { ...this.options, weight: tensors.get("weight") ?? this.weight, bias };
  }

  /** What PyTorch prints of both kinds: what is as usual is left out. */
  protected parts(
    stride: readonly number[],
    beforeBias: readonly Part[],
    afterBias: readonly Part[],
  ): string {
    const { inChannels, outChannels, kernelSize } = this;
    const bias: Part = { name: "bias", text: this.bias === undefined ? "False" : "True", usual: "True" };
    const said = [...beforeBias, bias, ...afterBias].filter(({ text, usual }) => text !== usual);
    return [
      `${inChannels}, ${outChannels}, kernel_size=${tuple(kernelSize)}, stride=${tuple(stride)}`,
      ...said.map(({ name, text }) => `${name}=${text}`),
    ].join(", ");
  }
}

/** An option as it is printed, unless it is as usual. */
export interface Part {
  readonly name: string;
  readonly text: string;
  readonly usual: string;
}

/** The given weight, checked, or one drawn as PyTorch draws it. */
function weightOf(op: string, weight: Tensor | undefined, shape: readonly number[]): Tensor {
  if (weight === undefined) return initialWeight(shape);
  assertTensor(op, "weight", weight);
  if (weight.shape.length === shape.length && shape.every((size, axis) => size === weight.shape[axis]))
    return weight;
  throw new ShapeError(op, `weight must be [${shape.join(",")}]`, { "weight.shape": [...weight.shape] });
}

/** The part for an option of one number an axis. */
export function numbersPart(name: string, values: readonly number[], usual: number): Part {
  return { name, text: tuple(values), usual: tuple(values.map(() => usual)) };
}
