import ndarray, { type NdArray } from "ndarray";
import { ArgumentError, ShapeError, TensorTypeError } from "../errors.js";
import { float32 } from "./allocate.js";
import { showRank } from "./show/show-tensors.js";
import { isStateArray, isTypedArray } from "./state-array.js";

/**
 * A float32 array of any rank: an `ndarray`, so every strided view of one is a tensor too. Images are NCHW.
 */
export type Tensor = NdArray<Float32Array>;

/** Numbers nested as deep as the tensor has axes. */
export type NestedNumbers = number | readonly NestedNumbers[];

/**
 * Makes a tensor from nested arrays, or from flat values and a shape.
 *
 * @param values nested arrays of equal lengths, a number (rank 0), or a flat list when `shape` is given
 * @param shape axis sizes; the flat values fill them in row-major order (last axis fastest)
 * @returns float32, row-major, never sharing memory with `values`
 * @throws {ShapeError} if the rows have different lengths, or the number of values is not the shape's product
 * @throws {TensorTypeError} if a value is no number
 * @throws {EngineError} if there is not enough memory
 * @throws {ArgumentError} if a size of the shape is no whole number, or there are more elements than an array
 *   can hold
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.tensor.html
 * @example
 * tensor([[1, 2], [3, 4]]).shape;            // [2, 2]
 * tensor([1, 2, 3, 4, 5, 6], [2, 3]).get(1, 0); // 4
 */
export function tensor(values: NestedNumbers | ArrayLike<number>, shape?: readonly number[]): Tensor {
  if (values === undefined || values === null) {
    throw new TensorTypeError("tensor", "values must be numbers, nested or flat", { values });
  }
  if (isStateArray(values) || (isTypedArray(values) && typeof values[0] === "bigint")) {
    throw new TensorTypeError(
      "tensor",
      "values must be numbers, nested or flat; toTensor makes a tensor of any other array",
      { values },
    );
  }
  if (shape !== undefined) {
    const length = checkedSize("tensor", shape);
    showRank(shape.length);
    if (typeof values === "number" || values.length !== length) {
      throw new ShapeError("tensor", `shape needs ${length} values`, {
        ...(typeof values === "number" ? { values } : { "values.length": values.length }),
        shape: [...shape],
      });
    }
    return ndarray(flatValues(values as ArrayLike<number>), [...shape]);
  }
  if (ArrayBuffer.isView(values)) {
    const { length } = values as ArrayLike<number>;
    // A DataView has none.
    return tensor(values, [length ?? checkedNumber(values)]);
  }
  const sizes = nestedShape(values as NestedNumbers);
  showRank(sizes.length);
  const data = float32("tensor", sizes);
  fillNested(values as NestedNumbers, sizes, 0, data, 0);
  return ndarray(data, sizes);
}

/**
 * A tensor of zeros.
 * @param shape axis sizes, whole and not negative
 * @returns float32, row-major
 * @throws {ArgumentError} if a size is negative, fractional or NaN
 * @throws {EngineError} if there is not enough memory
 * @example
 * zeros([2, 3]).shape; // [2, 3]
 */
export function zeros(shape: readonly number[]): Tensor {
  return allocate("zeros", shape);
}

/**
 * A tensor of ones.
 * @param shape axis sizes, whole and not negative
 * @returns float32, row-major
 * @throws {ArgumentError} if a size is negative, fractional or NaN
 * @throws {EngineError} if there is not enough memory
 * @example
 * ones([2]).get(1); // 1
 */
export function ones(shape: readonly number[]): Tensor {
  const out = allocate("ones", shape);
  out.data.fill(1);
  return out;
}

/** Zeros, for `op` to fill: the error names it. */
export function allocate(op: string, shape: readonly number[]): Tensor {
  checkedSize(op, shape);
  showRank(shape.length);
  return ndarray(float32(op, shape), [...shape]);
}

/**
 * True for an ndarray of `Float32Array`.
 * @param value anything
 * @returns true also for views with any strides, and for arrays of another copy of ndarray
 * @example
 * isTensor(ones([2])); // true
 * isTensor([1, 1]);   // false
 */
export function isTensor(value: unknown): value is Tensor {
  if (typeof value !== "object" || value === null) return false;
  const candidate = value as Partial<Tensor>;
  return (
    candidate.data instanceof Float32Array &&
    Array.isArray(candidate.shape) &&
    Array.isArray(candidate.stride) &&
    typeof candidate.offset === "number"
  );
}

/**
 * @throws {TensorTypeError} if the value is no tensor, saying what it is, and how an array of other elements
 *   becomes one
 */
export function assertTensor(op: string, name: string, value: unknown): asserts value is Tensor {
  if (isTensor(value)) return;
  const remedy = isStateArray(value) || isTypedArray(value) ? ", which toTensor makes of any array" : "";
  const data = (value as { data?: unknown } | null | undefined)?.data;
  throw new TensorTypeError(op, `${name} must be a tensor (an ndarray of Float32Array)${remedy}`, {
    [name]: data === undefined ? value : `ndarray of ${Object.prototype.toString.call(data).slice(8, -1)}`,
  });
}

/** The number of values in a shape, after a check of every axis size. */
export function checkedSize(op: string, shape: readonly number[]): number {
  if (!Array.isArray(shape)) throw new ArgumentError(op, "shape must be an array of axis sizes", { shape });
  for (const size of shape) {
    if (!Number.isInteger(size) || size < 0) {
      throw new ArgumentError(op, "every axis size must be a whole number, 0 or more", { shape: [...shape] });
    }
  }
  return product(shape);
}

/** The product of axis sizes: 1 for rank 0. */
export function product(sizes: readonly number[]): number {
  return sizes.reduce((a, b) => a * b, 1);
}

function flatValues(values: ArrayLike<number>): Float32Array {
  const out = float32("tensor", [values.length]);
  if (ArrayBuffer.isView(values)) {
    // All of one kind: numbers, or bigints.
    if (values.length > 0) checkedNumber(values[0]);
    out.set(values);
  } else copyNumbers(values, out, 0);
  return out;
}

function copyNumbers(values: ArrayLike<unknown>, out: Float32Array, start: number): void {
  for (let i = 0; i < values.length; i++) out[start + i] = checkedNumber(values[i]);
}

function checkedNumber(value: unknown): number {
  if (typeof value !== "number")
    throw new TensorTypeError("tensor", "every value must be a number", { value });
  return value;
}

function nestedShape(nested: NestedNumbers): number[] {
  const shape: number[] = [];
  let level: NestedNumbers | undefined = nested;
  while (Array.isArray(level)) {
    shape.push(level.length);
    level = level[0] as NestedNumbers | undefined;
  }
  return shape;
}

function fillNested(
  nested: NestedNumbers,
  shape: readonly number[],
  axis: number,
  data: Float32Array,
  start: number,
): number {
  if (axis === shape.length) {
    data[start] = checkedNumber(nested);
    return start + 1;
  }
  if (!Array.isArray(nested) || nested.length !== shape[axis]) {
    throw new ShapeError("tensor", `every row of axis ${axis} must hold ${shape[axis]} entries`, {
      row: nested,
    });
  }
  if (axis === shape.length - 1) {
    copyNumbers(nested, data, start);
    return start + nested.length;
  }
  return nested.reduce<number>((at, row: NestedNumbers) => fillNested(row, shape, axis + 1, data, at), start);
}
