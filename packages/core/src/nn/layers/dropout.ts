import { checkNoMore } from "../../checks.js";
import { ArgumentError } from "../../errors.js";
import type { Op } from "../../graph/op.js";
import { PlainLayer } from "../layer.js";

/**
 * A layer that leaves something out at random in training; in evaluation, which is all that this library
 * does, out = x.
 */
abstract class Dropping extends PlainLayer {
  /** @throws {ArgumentError} if the probability, called `name`, is no number from 0 to 1 */
  protected constructor(name: string, probability: number, surplus: readonly unknown[]) {
    super();
    checkNoMore(this.typeName, surplus);
    if (!(typeof probability === "number" && probability >= 0 && probability <= 1)) {
      throw new ArgumentError(this.typeName, `${name} must be a number from 0 to 1`, { [name]: probability });
    }
  }

  override get op(): Op {
    return { kind: "identity" };
  }
}

/**
 * Sets values to zero at random in training; in evaluation, which is all that this library does, out = x.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.Dropout.html
 * @example
 * String(new Dropout(0.2)); // "Dropout(p=0.2, inplace=False)"
 */
export class Dropout extends Dropping {
  override get typeName(): string {
    return "Dropout";
  }

  /** The probability in training. */
  readonly p: number;

  /**
   * @param p default 0.5
   * @throws {ArgumentError} if it is no number from 0 to 1
   */
  constructor(p = 0.5, ...surplus: never[]) {
    super("p", p, surplus);
    this.p = p;
    Object.freeze(this);
  }

  protected override extraRepr(): string {
    return `p=${this.p}, inplace=False`;
  }
}

/**
 * Leaves out whole branches at random in training (stochastic depth); in evaluation, which is all that this
 * library does, out = x.
 * @see https://arxiv.org/abs/1603.09382; printed as timm prints it
 * @example
 * new DropPath(0.1).forward(ones([1, 2, 4, 4])).shape; // [1, 2, 4, 4]
 */
export class DropPath extends Dropping {
  override get typeName(): string {
    return "DropPath";
  }

  /** The probability in training. */
  readonly dropProb: number;

  /**
   * @param dropProb default 0
   * @throws {ArgumentError} if it is no number from 0 to 1
   */
  constructor(dropProb = 0, ...surplus: never[]) {
    super("dropProb", dropProb, surplus);
    this.dropProb = dropProb;
    Object.freeze(this);
  }

  protected override extraRepr(): string {
    return `drop_prob=${this.dropProb.toFixed(3)}`;
  }
}
