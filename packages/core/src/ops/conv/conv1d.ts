import type { Tensor } from "../../tensor/tensor.js";
import { conv } from "./conv.js";
import type { Conv1dOptions } from "./conv-geometry.js";

/**
 * 1-D convolution (cross-correlation, as every network library has it).
 *
 * out[n, o, x] = bias[o] + sum over c, j of weight[o, c, j]
 * x[n, c + g in/groups, x stride - pad + j dilation], where g is the group of output channel o.
 *
 * @param x [batch, in channels, width], or [in channels, width]; float32, any strides
 * @param weight [out channels, in channels / groups, kernel width]
 * @param bias [out channels]; none by default
 * @param options stride, padding, dilation, groups, paddingMode; see {@link Conv1dOptions}
 * @returns [batch, out channels, out width], row-major; without the batch axis where x had none
 * @throws {TensorTypeError} if an argument is no tensor
 * @throws {ShapeError} if the shapes do not fit each other
 * @throws {ArgumentError} if an option is outside its domain
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.conv1d.html
 * @example
 * conv1d(ones([1, 3, 9]), ones([2, 3, 5]), undefined, { padding: [[4, 0]] }).shape; // [1, 2, 9]
 */
export function conv1d(x: Tensor, weight: Tensor, bias?: Tensor, options: Conv1dOptions = {}): Tensor {
  return conv("conv1d", 1, x, weight, bias, options);
}
