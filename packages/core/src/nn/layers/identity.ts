import { checkNoMore } from "../../checks.js";
import type { Op } from "../../graph/op.js";
import { PlainLayer } from "../layer.js";

/**
 * Gives its input back: out = x.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Identity.html
 * @example
 * String(new Identity()); // "Identity()"
 */
export class Identity extends PlainLayer {
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
}
