import { checkNoMore } from "../../../checks.js";
import { Elementwise } from "./elementwise.js";
import { clamped } from "./relu6.js";

/**
 * Swish out of straight lines: out = x min(max(x + 3, 0), 6) / 6.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Hardswish.html
 * @example
 * new Hardswish().forward(tensor([-4, 1, 4])).get(2); // 4
 */
export class Hardswish extends Elementwise {
  override get typeName(): string {
    return "Hardswish";
  }

  readonly steepest = 1.5;

  /** @throws {ArgumentError} if it is given anything */
  constructor(...surplus: never[]) {
    super();
    checkNoMore(this.typeName, surplus);
    Object.freeze(this);
  }

  override of(x: number): number {
    // As PyTorch: -0 where the factor is 0, and NaN for -Infinity.
    return (x * clamped(x + 3)) / 6;
  }
}
