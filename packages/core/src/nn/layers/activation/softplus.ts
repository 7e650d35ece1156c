import { checkNoMore } from "../../../checks.js";
import { pythonFloat } from "../../repr.js";
import { Elementwise } from "./elementwise.js";

/**
 * Above this PyTorch takes softplus for x itself; the two differ by 2e-9 there, a thousandth of a float32's
 * rounding.
 */
const threshold = 20;

/** log(1 + exp(x)), without overflow. */
export function softplus(x: number): number {
  return x > threshold ? x : Math.log1p(Math.exp(x));
}

/**
 * A smooth rectifier: out = log(1 + exp(x)).
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Softplus.html
 * @example
 * new Softplus().forward(tensor([0])).get(0); // 0.6931...
 */
export class Softplus extends Elementwise {
  override get typeName(): string {
    return "Softplus";
  }

  readonly steepest = 1;

  /** @throws {ArgumentError} if it is given anything: beta and threshold are PyTorch's defaults, 1 and 20 */
  constructor(...surplus: never[]) {
    super();
    checkNoMore(this.typeName, surplus);
    Object.freeze(this);
  }

  override of(x: number): number {
    return softplus(x);
  }

  protected override extraRepr(): string {
    return `beta=${pythonFloat(1)}, threshold=${pythonFloat(threshold)}`;
  }
}
