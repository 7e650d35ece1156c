import ndarray from "ndarray";
import { FusionError } from "../../errors.js";
import type { Tensor } from "../../tensor/tensor.js";

/**
 * Numbers of a fused layer as the tensor that it holds.
 * @throws {FusionError} if one is not finite in float32
 */
export function roundedTensor(name: string, values: Float64Array, shape: readonly number[]): Tensor {
  const out = new Float32Array(values);
  for (let i = 0; i < out.length; i++) {
    if (Number.isFinite(out[i])) continue;
    throw new FusionError("fuse", `the fused ${name} is not finite in float32`, {
      index: i,
      value: values[i],
    });
  }
  return ndarray(out, [...shape]);
}
