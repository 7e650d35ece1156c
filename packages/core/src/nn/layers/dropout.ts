import { checkNoMore } from "../../checks.js";
import { ArgumentError } from "../../errors.js";
import type { Op } from "../../graph/op.js";
import { assertTensor, type Tensor } from "../../tensor/tensor.js";
import { Module } from "../module.js";

/**
 * Sets values to zero at random in training; in evaluation, which is all that this library does, out = x.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Dropout.html
 * @example
 * String(new Dropout(0.2)); // "Dropout(p=0.2, inplace=False)"
 */
export class Dropout extends Module {
  override get typeName(): string {
    return "Dropout";
  }

  /** The probability in training. */
  readonly p: number;

  /**
   * @param p default 0.5
   * @throws {ArgumentError} if it is no number from 0 to 1
   */
  constructor(p = 0.5, ...surplus: never[]) {
    super();
    checkNoMore(this.typeName, surplus);
    if (!(typeof p === "number" && p >= 0 && p <= 1)) {
      throw new ArgumentError(this.typeName, "p must be a number from 0 to 1", { p });
    }
    this.p = p;
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
    return `p=${this.p}, inplace=False`;
  }
}
