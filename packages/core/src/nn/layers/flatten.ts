import { checkNoMore } from "../../checks.js";
import type { Op } from "../../graph/op.js";
import { PlainLayer } from "../layer.js";

/**
 * All axes but the first as one: [batch, ...] becomes [batch, features].
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Flatten.html
 * @example
 * new Flatten().forward(ones([2, 3, 4, 5])).shape; // [2, 60]
 */
export class Flatten extends PlainLayer {
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
    return { kind: "flatten", unbatched: true };
  }

  protected override extraRepr(): string {
    return "start_dim=1, end_dim=-1";
  }
}
