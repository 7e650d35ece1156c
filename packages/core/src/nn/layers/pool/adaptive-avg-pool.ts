import { checkNoMore } from "../../../checks.js";
import type { Op } from "../../../graph/op.js";
import { perAxis } from "../../../ops/per-axis.js";
import { adaptiveAvgPool } from "../../../ops/pool/adaptive-avg-pool.js";
import type { Tensor } from "../../../tensor/tensor.js";
import { Module } from "../../module.js";
import { numberOrTuple } from "../../repr.js";

/** What the layers of all ranks that average to a given size have in common. */
export abstract class AdaptiveAvgPool<Numbers extends number | readonly number[]> extends Module {
  readonly outputSize: Numbers;
  readonly #sizes: readonly number[];

  protected constructor(rank: number, outputSize: Numbers, surplus: readonly unknown[]) {
    super();
    checkNoMore(this.typeName, surplus);
    this.#sizes = perAxis(this.typeName, "outputSize", outputSize, rank, 1);
    this.outputSize = outputSize;
    Object.freeze(this);
  }

  override get op(): Op {
    return { kind: "adaptiveMean", outputSize: this.#sizes };
  }

  override forward(x: Tensor): Tensor {
    const rank = this.#sizes.length;
    return adaptiveAvgPool(`adaptiveAvgPool${rank}d`, rank, x, this.outputSize);
  }

  override rebuild(): this {
    return this;
  }

  protected override extraRepr(): string {
    return `output_size=${numberOrTuple(this.outputSize)}`;
  }
}
