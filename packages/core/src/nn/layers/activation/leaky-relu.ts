import { checkNoMore } from "../../../checks.js";
import { ArgumentError } from "../../../errors.js";
import { pythonFloat } from "../../repr.js";
import { Elementwise } from "./elementwise.js";

/**
 * The rectifier with a slope below zero: out = x where x > 0, negativeSlope x elsewhere.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.LeakyReLU.html
 * @example
 * String(new LeakyReLU()); // "LeakyReLU(negative_slope=0.01)"
 */
export class LeakyReLU extends Elementwise {
  override get typeName(): string {
    return "LeakyReLU";
  }

  /** The factor of negative numbers. */
  readonly negativeSlope: number;
  readonly steepest: number;

  /**
   * @param negativeSlope default 0.01
   * @throws {ArgumentError} if the slope is no finite number
   */
  constructor(negativeSlope = 0.01, ...surplus: never[]) {
    super();
    checkNoMore(this.typeName, surplus);
    if (!Number.isFinite(negativeSlope)) {
      throw new ArgumentError(this.typeName, "negativeSlope must be a finite number", { negativeSlope });
    }
    this.negativeSlope = negativeSlope;
    this.steepest = Math.max(1, Math.abs(negativeSlope));
    Object.freeze(this);
  }

  override of(x: number): number {
    // PyTorch multiplies float32 by float32.
    return x > 0 ? x : x * Math.fround(this.negativeSlope);
  }

  protected override extraRepr(): string {
    return `negative_slope=${pythonFloat(this.negativeSlope)}`;
  }
}
