import { assertTensor, type NestedNumbers, type Tensor } from "./tensor.js";

/**
 * The values as nested arrays, as deep as the tensor has axes; a number for rank 0.
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.tolist.html
 * @example
 * toNested(tensor([[1, 2], [3, 4]])); // [[1, 2], [3, 4]]
 */
export function toNested(x: Tensor): NestedNumbers {
  assertTensor("toNested", "x", x);
  const build = (axis: number, offset: number): NestedNumbers => {
    if (axis === x.shape.length) return x.data[offset] as number;
    const stride = x.stride[axis] as number;
    return Array.from({ length: x.shape[axis] as number }, (_, i) => build(axis + 1, offset + i * stride));
  };
  return build(0, x.offset);
}
