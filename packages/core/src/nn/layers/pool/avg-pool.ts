import type { Op } from "../../../graph/op.js";
import {
  type AnyAvgPoolOptions,
  avgPoolSettings,
  meanPooling,
  type PoolSettings,
} from "../../../ops/pool/avg-pool.js";
import { numberOrTuple, tuple } from "../../repr.js";
import { Pool } from "./pool.js";

/** What the average pooling layers of all ranks have in common. */
export abstract class AvgPool<
  Numbers extends number | readonly number[],
  Options extends AnyAvgPoolOptions,
> extends Pool<Numbers, Options> {
  /** The options in their fullest form. */
  readonly settings: PoolSettings;

  protected constructor(rank: number, kernelSize: Numbers, options: Options) {
    super(kernelSize, options);
    this.settings = avgPoolSettings(this.typeName, rank, kernelSize, options);
    Object.freeze(this);
  }

  override get op(): Op {
    return { kind: "window", ...meanPooling(this.settings) };
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
