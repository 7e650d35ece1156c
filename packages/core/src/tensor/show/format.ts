import { assertTensor, type Tensor } from "../tensor.js";
import { tensorText } from "./tensor-text.js";

/**
 * The tensor as PyTorch prints it: four decimals in columns, whole numbers as `1.`, one notation for all
 * values, scientific where they span more than a factor 1000 or leave 1e-4 to 1e8, and only the edges above
 * 1000 values.
 *
 * @param x float32, any shape and strides
 * @returns lines of at most 80 characters, where numbers are not longer
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.set_printoptions.html
 * @example
 * format(tensor([[1, 2], [3, 4]]));
 * // tensor([[1., 2.],
 * //         [3., 4.]])
 */
export function format(x: Tensor): string {
  assertTensor("format", "x", x);
  return tensorText(x);
}
