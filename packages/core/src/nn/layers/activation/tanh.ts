import { checkNoMore } from "../../../checks.js";
import { Elementwise } from "./elementwise.js";

/**
 * out = tanh(x).
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Tanh.html
 * @example
 * new Tanh().forward(tensor([0])).get(0); // 0
 */
export class Tanh extends Elementwise {
  override get typeName(): string {
    return "Tanh";
  }

  readonly steepest = 1;

  /** @throws {ArgumentError} if it is given anything */
  constructor(...surplus: never[]) {
    super();
    checkNoMore(this.typeName, surplus);
    Object.freeze(this);
  }

  override of(x: number): number {
    return Math.tanh(x);
  }
}
