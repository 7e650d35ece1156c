import type { Op } from "../../../graph/op.js";
import {
  type AnyMaxPoolOptions,
  type MaxPoolSettings,
  maxPool,
  maxPoolSettings,
} from "../../../ops/pool/max-pool.js";
import type { Tensor } from "../../../tensor/tensor.js";
import { Module } from "../../module.js";
import { numberOrTuple, pythonBoolean } from "../../repr.js";

/** What the maximum pooling layers of all ranks have in common. */
export abstract class MaxPool<
  Numbers extends number | readonly number[],
  Options extends AnyMaxPoolOptions,
> extends Module {
  readonly kernelSize: Numbers;
  readonly options: Options;
  /** The options in their fullest form. */
  readonly settings: MaxPoolSettings;

  protected constructor(rank: number, kernelSize: Numbers, options: Options) {
    super();
    this.settings = maxPoolSettings(this.typeName, rank, kernelSize, options);
    this.kernelSize = kernelSize;
    this.options = options;
    Object.freeze(this);
  }

  override get op(): Op {
    const { axes, ceilMode } = this.settings;
    return { kind: "window", reduce: "max", axes, ceilMode, countIncludePad: true, divisor: undefined };
  }

  override forward(x: Tensor): Tensor {
    const rank = this.settings.axes.length;
    return maxPool(`maxPool${rank}d`, rank, x, this.kernelSize, this.options);
  }

  override rebuild(): this {
    return this;
  }

  protected override extraRepr(): string {
    const { stride = this.kernelSize, padding = 0, dilation = 1, ceilMode = false } = this.options;
    const [k, s, p, d] = [this.kernelSize, stride, padding, dilation].map(numberOrTuple);
    return `kernel_size=${k}, stride=${s}, padding=${p}, dilation=${d}, ceil_mode=${pythonBoolean(ceilMode)}`;
  }
}
