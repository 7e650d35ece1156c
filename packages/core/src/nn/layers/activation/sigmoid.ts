import { checkNoMore } from "../../../checks.js";
import { Elementwise } from "./elementwise.js";

/**
 * The logistic function: out = 1 / (1 + exp(-x)).
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Sigmoid.html
 * @example
 * new Sigmoid().forward(tensor([0])).get(0); // 0.5
 */
export class Sigmoid extends Elementwise {
  override get typeName(): string {
    return "Sigmoid";
  }

  readonly steepest = 0.25;

  /** @throws {ArgumentError} if it is given anything */
  constructor(...surplus: never[]) {
    super();
    checkNoMore(this.typeName, surplus);
    Object.freeze(this);
  }

  override of(x: number): number {
    return 1 / (1 + Math.exp(-x));
  }
}
