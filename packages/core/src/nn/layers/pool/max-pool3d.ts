import type { Triple } from "../../../ops/per-axis.js";
import type { MaxPool3dOptions } from "../../../ops/pool/max-pool3d.js";
import { MaxPool } from "./max-pool.js";

/**
 * Maximum pooling as a layer: out = the largest value of each window; NaN wins.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.MaxPool3d.html
 * @example
 * new MaxPool3d(2).forward(ones([1, 2, 4, 6, 5])).shape; // [1, 2, 2, 3, 2]
 */
export class MaxPool3d extends MaxPool<Triple, MaxPool3dOptions> {
  override get typeName(): string {
    return "MaxPool3d";
  }

  /** @throws {ArgumentError} if an option is outside its domain */
  constructor(kernelSize: Triple, options: MaxPool3dOptions = {}) {
    super(3, kernelSize, options);
  }
}
