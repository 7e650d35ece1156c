import { checkNoMore } from "../../checks.js";
import { ArgumentError } from "../../errors.js";
import type { Op } from "../../graph/op.js";
import { assertTensor, type Tensor } from "../../tensor/tensor.js";
import { Module } from "../module.js";

/**
 * Leaves out whole branches at random in training (stochastic depth); in evaluation, which is all that this library does, out = x.
 * @see https://arxiv.org/abs/1603.09382; printed as timm prints it
 * @example
 * new DropPath(0.1).forward(ones([1, 2, 4, 4])).shape; // [1, 2, 4, 4]
 */
export class DropPath extends Module {
  override get typeName(): string {
    return "DropPath";
  }

  /** The probability in training. */
  readonly dropProb: number;

  /**
   * @param dropProb default 0
   * @throws {ArgumentError} if it is no number from 0 to 1
   */
  constructor(dropProb = 0, ...surplus: never[]) {
    super();
    checkNoMore(this.typeName, surplus);
    if (!(typeof dropProb === "number" && dropProb >= 0 && dropProb <= 1)) {
      throw new ArgumentError(this.typeName, "dropProb must be a number from 0 to 1", { dropProb });
    }
    this.dropProb = dropProb;
    Object.freeze(this);
  }

  override get op(): Op {
    return { kind: "identity" };
  }

  override forward(x: Tensor): Tensor {
    assertTensor(this.typeName, "x", x);
    return x;
  }

  override rebuild(): this {
    return this;
  }

  protected override extraRepr(): string {
    return `drop_prob=${this.dropProb.toFixed(3)}`;
  }
}
