import { checkOptions, type OptionNames, type Pair, pair, whole } from "../../checks.js";
import { ShapeError } from "../../errors.js";
import type { Op } from "../../graph/op.js";
import { checkChannelVector } from "../../ops/channel-vector.js";
import {
  type Conv2dOptions,
  type ConvSettings,
  convOptionNames,
  convSettings,
  type Padding,
} from "../../ops/conv-geometry.js";
import { conv2d } from "../../ops/conv2d.js";
import { initialBias, initialWeight } from "../../random/init.js";
import { assertTensor, type Tensor } from "../../tensor/tensor.js";
import { Module, type NamedTensors } from "../module.js";
import { tuple } from "../repr.js";

/** The options of a {@link Conv2d} layer. */
export interface Conv2dLayerOptions extends Conv2dOptions {
  /** False: no bias. A tensor: this bias. Default true: drawn as PyTorch draws it. */
  readonly bias?: boolean | Tensor;
  /** [out, in / groups, kernel height, kernel width]; drawn as PyTorch draws it by default. */
  readonly weight?: Tensor;
}

const conv2dLayerOptionNames: OptionNames<Conv2dLayerOptions> = {
  ...convOptionNames,
  bias: true,
  weight: true,
};

/**
 * A 2-D convolution layer, out = conv2d(x, weight, bias); initial values as PyTorch's, bit for bit, after the same `manualSeed`.
 *
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Conv2d.html
 * @example
 * manualSeed(0);
 * const conv = new Conv2d(3, 2, 3, { padding: "same" });
 * conv.weight.shape; // [2, 3, 3, 3]
 * String(conv);      // "Conv2d(3, 2, kernel_size=(3, 3), stride=(1, 1), padding=same)"
 */
export class Conv2d extends Module {
  override get typeName(): string {
    return "Conv2d";
  }

  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: readonly [number, number];
  /** [out, in / groups, kernel height, kernel width] */
  readonly weight: Tensor;
  /** [out], or undefined */
  readonly bias: Tensor | undefined;
  /** The options as given, for `conv2d`. */
  readonly options: Conv2dOptions;
  /** The options in their fullest form. */
  readonly settings: ConvSettings;

  /**
   * @param inChannels channels of x
   * @param outChannels channels of the output
   * @param kernelSize pixels: n, or [height, width]
   * @param options stride, padding, dilation, groups, paddingMode, bias, weight
   * @throws {ArgumentError} if a number or option is outside its domain
   * @throws {ShapeError} if groups do not divide the channels, or a given weight or bias has another shape
   */
  constructor(inChannels: number, outChannels: number, kernelSize: Pair, options: Conv2dLayerOptions = {}) {
    super();
    checkOptions(this.typeName, options, conv2dLayerOptionNames);
    const { bias = true, weight, ...convOptions } = options;
    this.inChannels = whole(this.typeName, "inChannels", inChannels, 1);
    this.outChannels = whole(this.typeName, "outChannels", outChannels, 1);
    this.kernelSize = pair(this.typeName, "kernelSize", kernelSize, 1);
    this.options = convOptions;
    this.settings = convSettings(this.typeName, this.kernelSize, convOptions);
    const { groups } = this.settings;
    if (inChannels % groups !== 0 || outChannels % groups !== 0) {
      throw new ShapeError(this.typeName, "groups must divide the input and the output channels", {
        inChannels,
        outChannels,
        groups,
      });
    }
    const weightShape = [outChannels, inChannels / groups, ...this.kernelSize] as const;
    if (weight !== undefined) checkWeight(weight, weightShape);
    this.weight = weight ?? initialWeight(weightShape);
    if (typeof bias !== "boolean") checkChannelVector(this.typeName, "bias", bias, outChannels);
    this.bias = bias === true ? initialBias(weightShape, outChannels) : bias || undefined;
    Object.freeze(this);
  }

  override get op(): Op {
    const { inChannels, outChannels, weight, bias } = this;
    const { axes, groups, paddingMode } = this.settings;
    return {
      kind: "conv",
      weight,
      bias,
      inChannels,
      outChannels,
      groups,
      axes,
      border: paddingMode,
      transposed: false,
    };
  }

  override forward(x: Tensor): Tensor {
    return conv2d(x, this.weight, this.bias, this.options);
  }

  override ownParameters(): NamedTensors {
    const own = new Map([["weight", this.weight]]);
    if (this.bias !== undefined) own.set("bias", this.bias);
    return own;
  }

  override rebuild(tensors: NamedTensors): Conv2d {
    return new Conv2d(this.inChannels, this.outChannels, this.kernelSize, {
      ...this.options,
      weight: tensors.get("weight") ?? this.weight,
      bias: this.bias === undefined ? false : (tensors.get("bias") ?? this.bias),
    });
  }

  protected override extraRepr(): string {
    const { axes, groups, paddingMode } = this.settings;
    const [stride, dilation] = [axes.map((axis) => axis.stride), axes.map((axis) => axis.dilation)];
    const parts = [
      `${this.inChannels}, ${this.outChannels}, kernel_size=${tuple(this.kernelSize)}, stride=${tuple(stride)}`,
    ];
    const padding = paddingRepr(this.options.padding ?? 0);
    if (padding !== "(0, 0)") parts.push(`padding=${padding}`);
    if (dilation.some((step) => step !== 1)) parts.push(`dilation=${tuple(dilation)}`);
    if (groups !== 1) parts.push(`groups=${groups}`);
    if (this.bias === undefined) parts.push("bias=False");
    if (paddingMode !== "zeros") parts.push(`padding_mode=${paddingMode}`);
    return parts.join(", ");
  }
}

function checkWeight(weight: Tensor, shape: readonly number[]): void {
  assertTensor("Conv2d", "weight", weight);
  if (weight.shape.length === 4 && shape.every((size, axis) => size === weight.shape[axis])) return;
  throw new ShapeError("Conv2d", `weight must be [${shape.join(",")}]`, {
    "weight.shape": [...weight.shape],
  });
}

function paddingRepr(padding: Padding): string {
  if (typeof padding === "string") return padding;
  if (typeof padding === "number") return tuple([padding, padding]);
  return tuple(padding.map((one) => (typeof one === "number" ? one : tuple(one))));
}
