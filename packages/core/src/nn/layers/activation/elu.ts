import { checkNoMore } from "../../../checks.js";
import { ArgumentError } from "../../../errors.js";
import { pythonFloat } from "../../repr.js";
import { Elementwise } from "./elementwise.js";

/**
 * The exponential linear unit: out = x where x > 0, alpha (exp(x) - 1) elsewhere.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.ELU.html
 * @example
 * String(new ELU()); // "ELU(alpha=1.0)"
 */
export class ELU extends Elementwise {
  override get typeName(): string {
    return "ELU";
  }

  /** What large negative numbers come near to, negated. */
  readonly alpha: number;
  readonly steepest: number;

  /**
   * @param alpha what large negative numbers come near to, negated; default 1
   * @throws {ArgumentError} if alpha is no finite number
   */
  constructor(alpha = 1, ...surplus: never[]) {
    super();
    checkNoMore(this.typeName, surplus);
    if (!Number.isFinite(alpha)) {
      throw new ArgumentError(this.typeName, "alpha must be a finite number", { alpha });
    }
    this.alpha = alpha;
    this.steepest = Math.max(1, Math.abs(alpha));
    Object.freeze(this);
  }

  override of(x: number): number {
    return x > 0 ? x : this.alpha * Math.expm1(x);
  }

  protected override extraRepr(): string {
    return `alpha=${pythonFloat(this.alpha)}`;
  }
}
