import type { Op } from "../../../graph/op.js";
import { type AnyMaxPoolOptions, maxPooling } from "../../../ops/pool/max-pool.js";
import type { Pooling } from "../../../ops/pool/pool.js";
import { numberOrTuple, pythonBoolean } from "../../repr.js";
import { Pool } from "./pool.js";

/** What the maximum pooling layers of all ranks have in common. */
export abstract class MaxPool<
  Numbers extends number | readonly number[],
  Options extends AnyMaxPoolOptions,
> extends Pool<Numbers, Options> {
  /** The options in their fullest form. */
  readonly settings: Pooling;

  protected constructor(rank: number, kernelSize: Numbers, options: Options) {
    super(kernelSize, options);
    this.settings = maxPooling(this.typeName, rank, kernelSize, options);
    Object.freeze(this);
  }

  override get op(): Op {
    return { kind: "window", ...this.settings };
  }

  protected override extraRepr(): string {
    const { stride = this.kernelSize, padding = 0, dilation = 1, ceilMode = false } = this.options;
    const [k, s, p, d] = [this.kernelSize, stride, padding, dilation].map(numberOrTuple);
    return `kernel_size=${k}, stride=${s}, padding=${p}, dilation=${d}, ceil_mode=${pythonBoolean(ceilMode)}`;
  }
}
