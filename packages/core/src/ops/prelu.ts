import ndarray from "ndarray";
import { ShapeError } from "../errors.js";
import { rowMajorData } from "../tensor/layout.js";
import { assertTensor, product, type Tensor } from "../tensor/tensor.js";

/**
 * The rectifier with learned slopes: out = x where x > 0, weight[c] x elsewhere.
 * @param weight [channels], or [1] for any number of channels
 * @throws {ShapeError} if x is not [batch, channels, ...]
 */
export function prelu(op: string, x: Tensor, weight: Tensor): Tensor {
  assertTensor(op, "x", x);
  const slopes = rowMajorData(weight);
  if (slopes.length > 1 && x.shape[1] !== slopes.length) {
    throw new ShapeError(op, `x must be [batch, ${slopes.length}, ...]`, { "x.shape": [...x.shape] });
  }
  const area = product(x.shape.slice(2));
  const out = rowMajorData(x).map((value, i) =>
    value > 0 ? value : value * (slopes[Math.floor(i / area) % slopes.length] as number),
  );
  return ndarray(out, [...x.shape]);
}
