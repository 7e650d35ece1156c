import { checkNoMore } from "../../checks.js";
import type { Op } from "../../graph/op.js";
import { assertTensor, type Tensor } from "../../tensor/tensor.js";
import { Module } from "../module.js";

/**
 * Gives its input back: out = x.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Identity.html
 * @example
 * String(new Identity()); // "Identity()"
 */
export class Identity extends Module {
  override get typeName(): string {
    return "Identity";
  }

  /** @throws {ArgumentError} if it is given anything */
  constructor(...surplus: never[]) {
    super();
    checkNoMore(this.typeName, surplus);
    Object.freeze(this);
  }

  override get op(): Op {
    return { kind: "identity" };
  }

  override forward(x: Tensor): Tensor {
    assertTensor(this.typeName, "x", x);
    return x;
  }

  override rebuild(): Identity {
    return this;
  }
}
