import { checkOptions, type OptionNames } from "../../../checks.js";
import { ArgumentError } from "../../../errors.js";
import { Elementwise } from "./elementwise.js";

/** The options of {@link GELU}. */
export interface GELUOptions {
  /** `"tanh"`: Φ(x) as (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2. Default `"none"`: Φ itself. */
  readonly approximate?: "none" | "tanh";
}

const geluOptionNames: OptionNames<GELUOptions> = { approximate: true };

/**
 * The Gaussian error linear unit: out = x Φ(x), with Φ the normal distribution function.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.GELU.html
 * @example
 * new GELU().forward(tensor([1])).get(0); // 0.8413...
 */
export class GELU extends Elementwise {
  override get typeName(): string {
    return "GELU";
  }

  readonly steepest = 1.13;
  /** "none": with the error function; "tanh": with the hyperbolic tangent in its place. */
  readonly approximate: "none" | "tanh";

  /**
   * @param options approximate; see {@link GELUOptions}
   * @throws {ArgumentError} if approximate is another word
   */
  constructor(options: GELUOptions = {}) {
    super();
    checkOptions(this.typeName, options, geluOptionNames);
    const { approximate = "none" } = options;
    if (approximate !== "none" && approximate !== "tanh") {
      throw new ArgumentError(this.typeName, 'approximate must be "none" or "tanh"', { approximate });
    }
    this.approximate = approximate;
    Object.freeze(this);
  }

  override of(x: number): number {
    if (this.approximate === "none") return 0.5 * x * erfc(-x * Math.SQRT1_2);
    return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
  }

  protected override extraRepr(): string {
    return `approximate='${this.approximate}'`;
  }
}

/**
 * 1 - erf(x) to about 1e-16: the series of erf near zero, the continued fraction of erfc beyond.
 * @see Abramowitz and Stegun, 7.1.6 and 7.1.14
 */
function erfc(x: number): number {
  if (Number.isNaN(x)) return x;
  const size = Math.abs(x);
  if (size < 3) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  if (size > 27) return x > 0 ? 0 : 2;
  let fraction = 0;
  for (let n = 60; n >= 1; n--) fraction = n / 2 / (size + fraction);
  const tail = Math.exp(-x * x) / (Math.sqrt(Math.PI) * (size + fraction));
  return x > 0 ? tail : 2 - tail;
}
