import { assertTensor, type NestedNumbers, type Tensor } from "./tensor.js";

/**
 * The values as nested arrays, as deep as the tensor has axes; a number for rank 0.
 * @param x float32, any shape and strides
 * @returns numbers in arrays, the first axis outermost
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.tolist.html
 * @example
 * toNested(tensor([[1, 2], [3, 4]])); // [[1, 2], [3, 4]]
 */
export function toNested(x: Tensor): NestedNumbers {
  assertTensor("toNested", "x", x);
  return nested(x, 0, x.offset);
}

function nested(x: Tensor, axis: number, offset: number): NestedNumbers {
  if (axis === x.shape.length) return x.data[offset] as number;
  const size = x.shape[axis] as number;
  const stride = x.stride[axis] as number;
  if (axis === x.shape.length - 1) return numbers(x.data, offset, stride, size);
  const entries: NestedNumbers[] = [];
  for (let i = 0; i < size; i++) entries.push(nested(x, axis + 1, offset + i * stride));
  return entries;
}

/** Apart from the lists of lists, so that the engine keeps these as plain doubles. */
function numbers(data: Float32Array, offset: number, stride: number, size: number): number[] {
  const entries: number[] = [];
  for (let i = 0; i < size; i++) entries.push(data[offset + i * stride] as number);
  return entries;
}
