import { assertTensor, type NestedNumbers, type Tensor } from "./tensor.js";

/**
 * The values as nested arrays, as deep as the tensor has axes; a number for rank 0.
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
  const entries: NestedNumbers[] = [];
  if (axis === x.shape.length - 1) {
    for (let i = 0; i < size; i++) entries.push(x.data[offset + i * stride] as number);
  } else {
    for (let i = 0; i < size; i++) entries.push(nested(x, axis + 1, offset + i * stride));
  }
  return entries;
}
