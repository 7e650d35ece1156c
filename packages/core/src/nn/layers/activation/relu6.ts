import { checkNoMore } from "../../../checks.js";
import { Elementwise } from "./elementwise.js";

/**
 * The rectifier with a limit: out = min(max(x, 0), 6).
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.ReLU6.html
 * @example
 * new ReLU6().forward(tensor([-1, 2, 9])); // [0, 2, 6]
 */
export class ReLU6 extends Elementwise {
  override get typeName(): string {
    return "ReLU6";
  }

  readonly steepest = 1;

  /** @throws {ArgumentError} if it is given anything */
  constructor(...surplus: never[]) {
    super();
    checkNoMore(this.typeName, surplus);
    Object.freeze(this);
  }

  override of(x: number): number {
    return clamped(x);
  }
}

/** min(max(x, 0), 6); NaN stays NaN. */
export function clamped(x: number): number {
  return Math.min(Math.max(x, 0), 6);
}
