import type { Pair } from "../../../checks.js";
import type { MaxPool2dOptions } from "../../../ops/pool/max-pool2d.js";
import { MaxPool } from "./max-pool.js";

/**
 * Maximum pooling as a layer: out = the largest value of each window; NaN wins.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.MaxPool2d.html
 * @example
 * new MaxPool2d(2).forward(ones([1, 2, 4, 6])).shape; // [1, 2, 2, 3]
 */
export class MaxPool2d extends MaxPool<Pair, MaxPool2dOptions> {
  override get typeName(): string {
    return "MaxPool2d";
  }

  /** @throws {ArgumentError} if an option is outside its domain */
  constructor(kernelSize: Pair, options: MaxPool2dOptions = {}) {
    super(2, kernelSize, options);
  }
}
