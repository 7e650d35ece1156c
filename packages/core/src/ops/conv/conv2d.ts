import type { Tensor } from "../../tensor/tensor.js";
import { conv } from "./conv.js";
import type { Conv2dOptions } from "./conv-geometry.js";

/**
 * 2-D convolution (cross-correlation, as every network library has it).
 *
 * out[n, o, y, x] = bias[o] + sum over c, i, j of weight[o, c, i, j]
 * x[n, c + g in/groups, y stride - pad + i dilation, x stride - pad + j dilation], where g is the group of
 * output channel o.
 *
 * Sums are float32. The default engine may use Winograd's algorithm for 3x3 weights: at 64 channels the
 * largest error is about 8 times PyTorch's, and sums of whole numbers may come out not whole.
 * `setEngine("wasm", { precision: "exact" })` sums in one order, see {@link setEngine}.
 *
 * @param x [batch, in channels, height, width], or [in channels, height, width]; float32, any strides
 * @param weight [out channels, in channels / groups, kernel height, kernel width]
 * @param bias [out channels]; none by default
 * @param options stride, padding, dilation, groups, paddingMode; see {@link Conv2dOptions}
 * @returns [batch, out channels, out height, out width], row-major; without the batch axis where x had none
 * @throws {TensorTypeError} if an argument is no tensor
 * @throws {ShapeError} if the shapes do not fit each other
 * @throws {ArgumentError} if an option is outside its domain
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.conv2d.html
 * @example
 * conv2d(ones([1, 3, 9, 9]), ones([2, 3, 3, 3]), undefined, { padding: "same" }).shape; // [1, 2, 9, 9]
 */
export function conv2d(x: Tensor, weight: Tensor, bias?: Tensor, options: Conv2dOptions = {}): Tensor {
  return conv("conv2d", 2, x, weight, bias, options);
}
