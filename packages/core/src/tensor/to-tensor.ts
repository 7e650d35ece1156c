import ndarray from "ndarray";
import { ArgumentError, ShapeError, TensorTypeError } from "../errors.js";
import { forEachOffset } from "./layout.js";
import { isStateArray, isTypedArray, type StateArray } from "./state-array.js";
import { allocate, checkedSize, type Tensor } from "./tensor.js";

/**
 * A tensor of any array of numbers: what the readers of files give (float64, int64, a strided view, ...), any
 * `ndarray` over a typed array, or a typed array, which is flat.
 *
 * Each value becomes the nearest float32, as PyTorch's `float()` has it: 0.1 of a float64 loses digits, a
 * whole number beyond 2^24 may lose its last, and what is larger than 3.4e38 becomes infinite.
 *
 * @param array of any element type and any strides
 * @param shape axis sizes that a typed array's values fill in row-major order; default: one axis
 * @returns float32, row-major, never sharing memory with `array`
 * @throws {TensorTypeError} if `array` is neither; nested arrays are for {@link tensor}
 * @throws {ShapeError} if the number of values is not the shape's product, or an array with axes reaches
 *   beyond its data
 * @throws {ArgumentError} if a shape is given for an array that has axes, or has a size that is no whole
 *   number
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.float.html
 * @example
 * const labels = readNpy(writeNpy({ data: BigInt64Array.of(3n, 1n), shape: [2], stride: [1], offset: 0, size: 2 }));
 * add(toTensor(labels), 1); // [4, 2]
 * toTensor(Float64Array.of(1, 2, 3, 4), [2, 2]); // [[1, 2], [3, 4]]
 */
export function toTensor(
  array: StateArray | (ArrayBufferView & ArrayLike<number | bigint>),
  shape?: readonly number[],
): Tensor {
  if (isTypedArray(array)) {
    const sizes = shape ?? [array.length];
    if (checkedSize("toTensor", sizes) !== array.length) {
      throw new ShapeError("toTensor", "the shape's product must be the number of values", {
        length: array.length,
        shape: [...sizes],
      });
    }
    return ndarray(rounded(array), [...sizes]);
  }
  if (!isStateArray(array)) {
    throw new TensorTypeError("toTensor", "array must be an ndarray over a typed array, or a typed array", {
      array,
    });
  }
  if (shape !== undefined)
    throw new ArgumentError("toTensor", "a shape is for typed arrays; this array has one", { shape });
  return tensorOfStateArray("toTensor", array);
}

/** The same for an array with axes, on behalf of `op`. */
export function tensorOfStateArray(op: string, array: StateArray): Tensor {
  const { data, shape, stride, offset } = array;
  const out = allocate(op, shape);
  const { data: values, size } = out;
  checkInside(op, array, size);
  if (size === 0) return out;
  if (stride.every((step, axis) => shape[axis] === 1 || step === out.stride[axis])) {
    values.set(rounded(data.subarray(offset, offset + size)));
    return out;
  }
  let at = 0;
  forEachOffset({ shape, stride, offset, size }, (from) => {
    values[at++] = nearest(data[from] as number | bigint);
  });
  return out;
}

function rounded(values: ArrayLike<number | bigint>): Float32Array {
  // A typed array of numbers converts the fastest, each to the nearest.
  return typeof values[0] === "bigint"
    ? Float32Array.from(values, nearest)
    : new Float32Array(values as ArrayLike<number>);
}

/** The nearest float32 of a number: by one rounding, though a 64-bit integer goes through float64. */
function nearest(value: number | bigint): number {
  if (typeof value === "number") return value;
  const direct = Number(value);
  if (Number.isSafeInteger(direct)) return direct;
  // 53 of 64 bits stay; the last of them says whether any other was set, so that the rounding to float32
  // never sees a tie that is none.
  const others = BigInt.asUintN(11, value) === 0n ? 0n : 1n;
  return Number((value >> 11n) | others) * 2048;
}

/** @throws {ShapeError} if an element lies outside the data, which would read as nothing */
function checkInside(op: string, { data, shape, stride, offset }: StateArray, size: number): void {
  if (stride.length === shape.length && size === 0) return;
  let [first, last] = [offset, offset];
  for (const [axis, length] of shape.entries()) {
    const reach = (length - 1) * (stride[axis] as number);
    if (reach < 0) first += reach;
    else last += reach;
  }
  const inside = Number.isInteger(first) && Number.isInteger(last) && first >= 0 && last < data.length;
  if (stride.length !== shape.length || !inside) {
    throw new ShapeError(op, "an array must lie inside its data", {
      shape: [...shape],
      stride: [...stride],
      offset,
      length: data.length,
    });
  }
}
