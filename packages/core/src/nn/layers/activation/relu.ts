import { checkNoMore } from "../../../checks.js";
import type { Op } from "../../../graph/op.js";
import { rectify } from "../../../ops/elementwise.js";
import { PlainLayer } from "../../layer.js";

/**
 * The rectifier: out = max(x, 0).
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.ReLU.html
 * @example
 * String(new ReLU()); // "ReLU()"
 */
export class ReLU extends PlainLayer {
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
}
