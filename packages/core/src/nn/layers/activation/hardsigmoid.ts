import { checkNoMore } from "../../../checks.js";
import { Elementwise } from "./elementwise.js";
import { clamped } from "./relu6.js";

/**
 * The logistic function out of straight lines: out = min(max(x + 3, 0), 6) / 6.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Hardsigmoid.html
 * @example
 * new Hardsigmoid().forward(tensor([-4, 0, 4])); // [0, 0.5, 1]
 */
export class Hardsigmoid extends Elementwise {
  override get typeName(): string {
    return "Hardsigmoid";
  }

  readonly steepest: number = 1 / 6;

  /** @throws {ArgumentError} if it is given anything */
  constructor(...surplus: never[]) {
    super();
    checkNoMore(this.typeName, surplus);
    Object.freeze(this);
  }

  override of(x: number): number {
    return clamped(x + 3) / 6;
  }
}
