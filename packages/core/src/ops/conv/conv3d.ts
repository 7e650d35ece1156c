import type { Tensor } from "../../tensor/tensor.js";
import { conv } from "./conv.js";
import type { Conv3dOptions } from "./conv-geometry.js";

/**
 * 3-D convolution (cross-correlation, as every network library has it).
 *
 * out[n, o, z, y, x] = bias[o] + sum over c, h, i, j of weight[o, c, h, i, j]
 * x[n, c + g in/groups, z stride - pad + h dilation, ...], where g is the group of output channel o.
 *
 * @param x [batch, in channels, depth, height, width], or [in channels, depth, height, width]; float32, any
 *   strides
 * @param weight [out channels, in channels / groups, kernel depth, kernel height, kernel width]
 * @param bias [out channels]; none by default
 * @param options stride, padding, dilation, groups, paddingMode; see {@link Conv3dOptions}
 * @returns [batch, out channels, out depth, out height, out width], row-major; without the batch axis
 *   where x had none
 * @throws {TensorTypeError} if an argument is no tensor
 * @throws {ShapeError} if the shapes do not fit each other
 * @throws {ArgumentError} if an option is outside its domain
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.conv3d.html
 * @example
 * conv3d(ones([1, 3, 5, 9, 9]), ones([2, 3, 3, 3, 3]), undefined, { padding: "same" }).shape; // [1, 2, 5, 9, 9]
 */
export function conv3d(x: Tensor, weight: Tensor, bias?: Tensor, options: Conv3dOptions = {}): Tensor {
  return conv("conv3d", 3, x, weight, bias, options);
}
