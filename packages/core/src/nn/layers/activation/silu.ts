import { checkNoMore } from "../../../checks.js";
import { Elementwise } from "./elementwise.js";

/**
 * The sigmoid linear unit, or swish: out = x / (1 + exp(-x)).
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.SiLU.html
 * @example
 * new SiLU().forward(tensor([0, 1])).get(1); // 0.7310...
 */
export class SiLU extends Elementwise {
  override get typeName(): string {
    return "SiLU";
  }

  readonly steepest = 1.1;

  /** @throws {ArgumentError} if it is given anything */
  constructor(...surplus: never[]) {
    super();
    checkNoMore(this.typeName, surplus);
    Object.freeze(this);
  }

  override of(x: number): number {
    // Far out the quotient of two infinities would be NaN.
    return x === Number.NEGATIVE_INFINITY ? Number.NaN : x / (1 + Math.exp(-x));
  }
}
