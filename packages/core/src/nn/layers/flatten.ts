import ndarray from "ndarray";
import { checkNoMore } from "../../checks.js";
import { ShapeError } from "../../errors.js";
import type { Op } from "../../graph/op.js";
import { rowMajorData } from "../../tensor/layout.js";
import { assertTensor, product, type Tensor } from "../../tensor/tensor.js";
import { Module } from "../module.js";

/**
 * All axes but the first as one: [batch, ...] becomes [batch, features].
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Flatten.html
 * @example
 * new Flatten().forward(ones([2, 3, 4, 5])).shape; // [2, 60]
 */
export class Flatten extends Module {
  override get typeName(): string {
    return "Flatten";
  }

  /** @throws {ArgumentError} if it is given anything */
  constructor(...surplus: never[]) {
    super();
    checkNoMore(this.typeName, surplus);
    Object.freeze(this);
  }

  override get op(): Op {
    return { kind: "flatten" };
  }

  /** @throws {ShapeError} if x has no axis */
  override forward(x: Tensor): Tensor {
    assertTensor(this.typeName, "x", x);
    const [batch, ...rest] = x.shape;
    if (batch === undefined)
      throw new ShapeError(this.typeName, "x must have a batch axis", { "x.shape": [] });
    return ndarray(rowMajorData(x), [batch, product(rest)]);
  }

  override rebuild(): Flatten {
    return this;
  }

  protected override extraRepr(): string {
    return "start_dim=1, end_dim=-1";
  }
}
