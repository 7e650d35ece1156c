import type { Pair } from "../../checks.js";
import type { Op } from "../../graph/op.js";
import { type AvgPool2dOptions, avgPool2d, type PoolSettings, poolSettings } from "../../ops/avg-pool2d.js";
import { plainAxis } from "../../ops/conv-axis.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Module } from "../module.js";
import { pythonPair } from "../repr.js";

/**
 * Average pooling as a layer: out = the mean of each window.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.AvgPool2d.html
 * @example
 * String(new AvgPool2d(2)); // "AvgPool2d(kernel_size=2, stride=2, padding=0)"
 */
export class AvgPool2d extends Module {
  override get typeName(): string {
    return "AvgPool2d";
  }

  readonly kernelSize: Pair;
  readonly options: AvgPool2dOptions;
  /** The options in their fullest form. */
  readonly settings: PoolSettings;

  /** @throws {ArgumentError} if an option is outside its domain */
  constructor(kernelSize: Pair, options: AvgPool2dOptions = {}) {
    super();
    this.settings = poolSettings(this.typeName, kernelSize, options);
    this.kernelSize = kernelSize;
    this.options = options;
    Object.freeze(this);
  }

  override get op(): Op {
    const { kernel, stride, padding, ceilMode, countIncludePad, divisorOverride: divisor } = this.settings;
    const axes = ([0, 1] as const).map((i) =>
      plainAxis(kernel[i], { stride: stride[i], before: padding[i], after: padding[i] }),
    );
    return { kind: "window", reduce: "mean", axes, ceilMode, countIncludePad, divisor };
  }

  override forward(x: Tensor): Tensor {
    return avgPool2d(x, this.kernelSize, this.options);
  }

  override rebuild(): AvgPool2d {
    return this;
  }

  protected override extraRepr(): string {
    const { stride = this.kernelSize, padding = 0 } = this.options;
    return `kernel_size=${pythonPair(this.kernelSize)}, stride=${pythonPair(stride)}, padding=${pythonPair(padding)}`;
  }
}
