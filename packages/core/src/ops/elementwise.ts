import ndarray from "ndarray";
import { ShapeError } from "../errors.js";
import { rowMajorData } from "../tensor/layout.js";
import { assertTensor, type Tensor } from "../tensor/tensor.js";

/**
 * a + b, element by element, each sum rounded to float32.
 * @param a any shape
 * @param b the same shape, or a number
 * @throws {ShapeError} if the shapes differ
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.add.html
 * @example
 * add(tensor([1, 2]), tensor([10, 20])); // [11, 22]
 */
export function add(a: Tensor, b: Tensor | number): Tensor {
  return zip("add", a, b, (x, y) => x + y);
}

/**
 * a - b, element by element, each difference rounded to float32.
 * @param a any shape
 * @param b the same shape, or a number
 * @throws {ShapeError} if the shapes differ
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.sub.html
 * @example
 * sub(tensor([1, 2]), 1); // [0, 1]
 */
export function sub(a: Tensor, b: Tensor | number): Tensor {
  return zip("sub", a, b, (x, y) => x - y);
}

/**
 * a b, element by element, each product rounded to float32.
 * @param a any shape
 * @param b the same shape, or a number
 * @throws {ShapeError} if the shapes differ
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.mul.html
 * @example
 * mul(tensor([1, 2]), 3); // [3, 6]
 */
export function mul(a: Tensor, b: Tensor | number): Tensor {
  return zip("mul", a, b, (x, y) => x * y);
}

/**
 * max(x, 0), element by element; NaN stays NaN, and -0 stays -0 as in PyTorch.
 * @param x any shape
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.relu.html
 * @example
 * relu(tensor([-1, 2])); // [0, 2]
 */
export function relu(x: Tensor): Tensor {
  assertTensor("relu", "x", x);
  return ndarray(
    // biome-ignore lint/complexity/useMathMinMax: Math.max(-0, 0) is 0
    rowMajorData(x).map((value) => (value < 0 ? 0 : value)),
    [...x.shape],
  );
}

function zip(op: string, a: Tensor, b: Tensor | number, combine: (x: number, y: number) => number): Tensor {
  assertTensor(op, "a", a);
  const left = rowMajorData(a);
  if (typeof b === "number") {
    // PyTorch computes with a float32 tensor and a number in float32.
    const right = Math.fround(b);
    return ndarray(
      left.map((value) => combine(value, right)),
      [...a.shape],
    );
  }
  assertTensor(op, "b", b);
  if (a.shape.length !== b.shape.length || a.shape.some((size, axis) => size !== b.shape[axis])) {
    throw new ShapeError(op, "a and b must have the same shape", {
      "a.shape": [...a.shape],
      "b.shape": [...b.shape],
    });
  }
  const right = rowMajorData(b);
  return ndarray(
    left.map((value, i) => combine(value, right[i] as number)),
    [...a.shape],
  );
}
