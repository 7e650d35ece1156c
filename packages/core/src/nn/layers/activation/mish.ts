import { checkNoMore } from "../../../checks.js";
import { Elementwise } from "./elementwise.js";
import { softplus } from "./softplus.js";

/**
 * A smooth rectifier with a dip below zero: out = x tanh(log(1 + exp(x))).
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Mish.html
 * @example
 * new Mish().forward(tensor([0, 1])).get(1); // 0.8650...
 */
export class Mish extends Elementwise {
  override get typeName(): string {
    return "Mish";
  }

  readonly steepest = 1.09;

  /** @throws {ArgumentError} if it is given anything */
  constructor(...surplus: never[]) {
    super();
    checkNoMore(this.typeName, surplus);
    Object.freeze(this);
  }

  override of(x: number): number {
    return x * Math.tanh(softplus(x));
  }
}
