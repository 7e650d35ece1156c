import ndarray from "ndarray";
import { ShapeError } from "../errors.js";
import { copyData, isRowMajor, rowMajorData } from "../tensor/layout.js";
import { ops } from "../tensor/loops.js";
import { allocate, assertTensor, type Tensor } from "../tensor/tensor.js";

/**
 * a + b, element by element, each sum rounded to float32.
 * @param a any shape
 * @param b the same shape, or a number
 * @returns a new row-major tensor of a's shape, float32
 * @throws {ShapeError} if the shapes differ
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.add.html
 * @example
 * add(tensor([1, 2]), tensor([10, 20])); // [11, 22]
 */
export function add(a: Tensor, b: Tensor | number): Tensor {
  return combined("add", a, b, ops.add, ops.adds);
}

/**
 * a - b, element by element, each difference rounded to float32.
 * @param a any shape
 * @param b the same shape, or a number
 * @returns a new row-major tensor of a's shape, float32
 * @throws {ShapeError} if the shapes differ
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.sub.html
 * @example
 * sub(tensor([1, 2]), 1); // [0, 1]
 */
export function sub(a: Tensor, b: Tensor | number): Tensor {
  return combined("sub", a, b, ops.sub, ops.subs);
}

/**
 * a b, element by element, each product rounded to float32.
 * @param a any shape
 * @param b the same shape, or a number
 * @returns a new row-major tensor of a's shape, float32
 * @throws {ShapeError} if the shapes differ
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.mul.html
 * @example
 * mul(tensor([1, 2]), 3); // [3, 6]
 */
export function mul(a: Tensor, b: Tensor | number): Tensor {
  return combined("mul", a, b, ops.mul, ops.muls);
}

/**
 * max(x, 0), element by element; NaN stays NaN, and -0 stays -0 as in PyTorch.
 * @param x any shape
 * @returns a new row-major tensor of x's shape, float32
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.relu.html
 * @example
 * relu(tensor([-1, 2])); // [0, 2]
 */
export function relu(x: Tensor): Tensor {
  assertTensor("relu", "x", x);
  const out = copyData("relu", x);
  const words = new Int32Array(out.buffer, out.byteOffset, out.length);
  for (let i = 0; i < words.length; i++) {
    // Negative numbers are the words from 0x80000001, the one behind -0, to 0xff800000, -Infinity, behind
    // which are NaNs. Counted from the first they are those below 0x7f800000 whose own sign is not set. No
    // branch, since random signs would make it slow.
    const word = words[i] as number;
    const place = (word + 0x7fffffff) | 0;
    const isNegative = (~place & (place - 0x7f800000)) >> 31;
    words[i] = word & ~isNegative;
  }
  return ndarray(out, [...x.shape]);
}

/**
 * max(x, 0) of one number, with NaN and -0 as they are: what {@link relu} does to each, and what plans fold
 * into the layer before it.
 */
export function rectify(x: number): number {
  if (x < 0) return 0;
  return x;
}

/**
 * out = of(x), element by element, rounded to float32.
 * @param x any shape
 */
export function mapped(op: string, x: Tensor, of: (x: number) => number): Tensor {
  // The same function at ten times the speed.
  if (of === rectify) return relu(x);
  assertTensor(op, "x", x);
  return ndarray(
    rowMajorData(x).map((value) => of(value)),
    [...x.shape],
  );
}

/**
 * ndarray-ops' loops compute in float64 and round on storing, which for one sum, difference or product of
 * float32 is as good as float32.
 */
function combined(
  op: string,
  a: Tensor,
  b: Tensor | number,
  withArray: typeof ops.add,
  withNumber: typeof ops.adds,
): Tensor {
  assertTensor(op, "a", a);
  if (typeof b === "number") {
    const out = allocate(op, a.shape);
    // PyTorch computes with a float32 tensor and a number in float32.
    withNumber(...asOneAxis(out, a), Math.fround(b));
    return out;
  }
  assertTensor(op, "b", b);
  if (a.shape.length !== b.shape.length || a.shape.some((size, axis) => size !== b.shape[axis])) {
    throw new ShapeError(op, "a and b must have the same shape", {
      "a.shape": [...a.shape],
      "b.shape": [...b.shape],
    });
  }
  const out = allocate(op, a.shape);
  withArray(...asOneAxis(out, a, b));
  return out;
}

/**
 * Arrays without gaps as one long axis each, whose loop is the fastest, and is compiled once for all shapes;
 * others as they are.
 */
function asOneAxis<T extends readonly Tensor[]>(...arrays: T): T | { [K in keyof T]: Tensor } {
  if (!arrays.every(isRowMajor)) return arrays;
  return arrays.map((array) => ndarray(rowMajorData(array), [array.size])) as { [K in keyof T]: Tensor };
}
