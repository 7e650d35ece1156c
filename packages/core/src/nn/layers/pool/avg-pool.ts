import type { Op } from "../../../graph/op.js";
import { plainAxis } from "../../../ops/conv/conv-axis.js";
import {
  type AnyAvgPoolOptions,
  avgPool,
  avgPoolSettings,
  type PoolSettings,
} from "../../../ops/pool/avg-pool.js";
import type { Tensor } from "../../../tensor/tensor.js";
import { Module } from "../../module.js";
import { numberOrTuple, tuple } from "../../repr.js";

/** What the average pooling layers of all ranks have in common. */
export abstract class AvgPool<
  Numbers extends number | readonly number[],
  Options extends AnyAvgPoolOptions,
> extends Module {
  readonly kernelSize: Numbers;
  readonly options: Options;
  /** The options in their fullest form. */
  readonly settings: PoolSettings;

  protected constructor(rank: number, kernelSize: Numbers, options: Options) {
    super();
    this.settings = avgPoolSettings(this.typeName, rank, kernelSize, options);
    this.kernelSize = kernelSize;
    this.options = options;
    Object.freeze(this);
  }

  override get op(): Op {
    const { kernel, stride, padding, ceilMode, countIncludePad, divisorOverride: divisor } = this.settings;
    const axes = kernel.map((size, i) => {
      const [step, pixels] = [stride[i] as number, padding[i] as number];
      return plainAxis(size, { stride: step, before: pixels, after: pixels });
    });
    return { kind: "window", reduce: "mean", axes, ceilMode, countIncludePad, divisor };
  }

  override forward(x: Tensor): Tensor {
    const rank = this.settings.kernel.length;
    return avgPool(`avgPool${rank}d`, rank, x, this.kernelSize, this.options);
  }

  override rebuild(): this {
    return this;
  }

  protected override extraRepr(): string {
    const { kernel, stride, padding } = this.settings;
    const given = this.options;
    // PyTorch keeps a number as it was given, but on one axis.
    const [k, s, p] =
      kernel.length === 1
        ? [tuple(kernel), tuple(stride), tuple(padding)]
        : [this.kernelSize, given.stride ?? this.kernelSize, given.padding ?? 0].map(numberOrTuple);
    return `kernel_size=${k}, stride=${s}, padding=${p}`;
  }
}
