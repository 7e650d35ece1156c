import ndarray from "ndarray";
import { float32 } from "./allocate.js";
import { ops } from "./loops.js";
import { assertTensor, type Tensor } from "./tensor.js";

/** True if the values lie in row-major order without gaps (an axis of size 1 may have any stride). */
export function isRowMajor(x: Tensor): boolean {
  let expected = 1;
  for (let axis = x.shape.length - 1; axis >= 0; axis--) {
    const size = x.shape[axis] as number;
    if (size !== 1 && x.stride[axis] !== expected) return false;
    expected *= size;
  }
  return true;
}

/**
 * The values in row-major order: a window on the tensor's own memory where it already is, a copy where it is
 * not. Engines read through this; nobody may write to the result.
 */
export function rowMajorData(x: Tensor): Float32Array {
  if (!isRowMajor(x)) return copyData("copy", x);
  if (x.offset === 0 && x.data.length === x.size) return x.data;
  return x.data.subarray(x.offset, x.offset + x.size);
}

/**
 * A row-major copy that shares no memory with `x`.
 * @param x float32, any shape and strides
 * @returns float32, row-major, x's shape
 * @throws {TensorTypeError} if x is no tensor
 * @throws {EngineError} if there is not enough memory
 * @example
 * copy(ones([2, 3]).transpose(1, 0)).stride; // [2, 1]
 */
export function copy(x: Tensor): Tensor {
  assertTensor("copy", "x", x);
  return ndarray(copyData("copy", x), [...x.shape]);
}

/** The values in row-major order, in memory of their own; an error names `op`. */
export function copyData(op: string, x: Tensor): Float32Array {
  const out = float32(op, x.shape);
  if (isRowMajor(x)) out.set(rowMajorData(x));
  else ops.assign(ndarray(out, [...x.shape]), x);
  return out;
}

/** Where the elements of an array lie. */
export type Strided = Readonly<
  Record<"shape" | "stride", readonly number[]> & Record<"offset" | "size", number>
>;

/** Calls `visit` with the memory offset of every element, in row-major order of the indices. */
export function forEachOffset(x: Strided, visit: (offset: number) => void): void {
  if (x.size === 0) return;
  const { shape, stride } = x;
  const rank = shape.length;
  const index = new Array<number>(rank).fill(0);
  let offset = x.offset;
  for (;;) {
    visit(offset);
    let axis = rank - 1;
    while (axis >= 0) {
      index[axis] = (index[axis] as number) + 1;
      offset += stride[axis] as number;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      offset -= (index[axis] as number) * (stride[axis] as number);
      index[axis] = 0;
      axis--;
    }
    if (axis < 0) return;
  }
}
