import { checkNoMore } from "../../../checks.js";
import type { Op } from "../../../graph/op.js";
import { relu } from "../../../ops/elementwise.js";
import type { Tensor } from "../../../tensor/tensor.js";
import { Module } from "../../module.js";

/** max(x, 0): what plans fold into the layer before it. */
export function rectify(x: number): number {
  return Math.max(x, 0);
}

/**
 * The rectifier: out = max(x, 0).
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.ReLU.html
 * @example
 * String(new ReLU()); // "ReLU()"
 */
export class ReLU extends Module {
  override get typeName(): string {
    return "ReLU";
  }

  /** @throws {ArgumentError} if it is given anything */
  constructor(...surplus: never[]) {
    super();
    checkNoMore(this.typeName, surplus);
    Object.freeze(this);
  }

  override get op(): Op {
    return { kind: "map", name: this.typeName, of: rectify, steepest: 1 };
  }

  override forward(x: Tensor): Tensor {
    return relu(x);
  }

  override rebuild(): ReLU {
    return this;
  }
}
