import type { Triple } from "../../../ops/per-axis.js";
import type { AvgPool3dOptions } from "../../../ops/pool/avg-pool3d.js";
import { AvgPool } from "./avg-pool.js";

/**
 * Average pooling as a layer: out = the mean of each window.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.AvgPool3d.html
 * @example
 * String(new AvgPool3d(2)); // "AvgPool3d(kernel_size=2, stride=2, padding=0)"
 */
export class AvgPool3d extends AvgPool<Triple, AvgPool3dOptions> {
  override get typeName(): string {
    return "AvgPool3d";
  }

  /** @throws {ArgumentError} if an option is outside its domain */
  constructor(kernelSize: Triple, options: AvgPool3dOptions = {}) {
    super(3, kernelSize, options);
  }
}
