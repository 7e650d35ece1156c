import ndarray from "ndarray";
import { whole } from "../checks.js";
import { ArgumentError, ShapeError } from "../errors.js";
import { float32 } from "../tensor/allocate.js";
import { rowMajorData } from "../tensor/layout.js";
import { assertTensor, product, type Tensor } from "../tensor/tensor.js";

/**
 * Joins tensors along one axis.
 *
 * @param tensors at least one; equal shapes but for the joined axis
 * @param axis which axis; default 0
 * @returns a new row-major tensor
 * @throws {ArgumentError} if there is nothing to join, or no such axis
 * @throws {ShapeError} if the other axes differ
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.cat.html
 * @example
 * cat([ones([1, 2]), zeros([3, 2])]).shape; // [4, 2]
 */
export function cat(tensors: readonly Tensor[], axis = 0): Tensor {
  if (!Array.isArray(tensors) || tensors.length === 0) {
    throw new ArgumentError("cat", "tensors must be a list of at least one tensor", { tensors });
  }
  for (const [i, x] of tensors.entries()) assertTensor("cat", `tensors[${i}]`, x);
  const first = tensors[0] as Tensor;
  whole("cat", "axis", axis, 0);
  if (axis >= first.shape.length) {
    throw new ArgumentError("cat", `axis must be below the rank, ${first.shape.length}`, { axis });
  }
  for (const x of tensors) {
    const fits =
      x.shape.length === first.shape.length &&
      first.shape.every((size, a) => a === axis || size === x.shape[a]);
    if (!fits) {
      throw new ShapeError("cat", `the shapes must be equal but for axis ${axis}`, {
        shapes: tensors.map((t) => [...t.shape]),
      });
    }
  }
  const shape = [...first.shape];
  shape[axis] = tensors.reduce((sum, x) => sum + (x.shape[axis] as number), 0);
  const out = float32("cat", shape, { shape, shapes: tensors.map((t) => [...t.shape]) });
  const outer = product(shape.slice(0, axis));
  const inner = product(shape.slice(axis + 1));
  const outBlock = (shape[axis] as number) * inner;
  let start = 0;
  for (const x of tensors) {
    const data = rowMajorData(x);
    const block = (x.shape[axis] as number) * inner;
    for (let o = 0; o < outer; o++) out.set(data.subarray(o * block, (o + 1) * block), o * outBlock + start);
    start += block;
  }
  return ndarray(out, shape);
}
