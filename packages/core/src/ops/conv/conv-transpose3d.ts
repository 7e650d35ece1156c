import type { Tensor } from "../../tensor/tensor.js";
import { convTranspose } from "./conv-transpose.js";
import type { ConvTranspose3dOptions } from "./conv-transpose-geometry.js";

/**
 * 3-D transposed convolution: the gradient of a convolution with respect to its input, by which decoders and
 * generators grow images.
 *
 * Each pixel of x adds its multiple of the kernel to the output, `stride` pixels from its neighbour's:
 * out[n, o, t stride - padding + h dilation, ...] += x[n, c, t, v, u] weight[c, o, h, i, j], summed over t,
 * v, u, h, i, j and the channels c of o's group, on top of bias[o]; where there are groups, the weight's o
 * counts inside its group.
 *
 * @param x [batch, in channels, depth, height, width], or [in channels, depth, height, width]; float32, any
 *   strides
 * @param weight [in channels, out channels / groups, kernel depth, kernel height, kernel width]
 * @param bias [out channels]; none by default
 * @param options stride, padding, outputPadding, dilation, groups; see {@link ConvTranspose3dOptions}
 * @returns [batch, out channels, out depth, out height, out width], each (in - 1) stride - 2
 *   padding + dilation (kernel - 1) + outputPadding + 1 pixels long, row-major; without the batch axis
 *   where x had none
 * @throws {TensorTypeError} if an argument is no tensor
 * @throws {ShapeError} if the shapes do not fit each other, or padding takes the whole output away
 * @throws {ArgumentError} if an option is outside its domain
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.conv_transpose3d.html
 * @example
 * convTranspose3d(ones([1, 3, 2, 5, 4]), ones([3, 2, 2, 2, 2]), undefined, { stride: 2 }).shape; // [1, 2, 4, 10, 8]
 */
export function convTranspose3d(
  x: Tensor,
  weight: Tensor,
  bias?: Tensor,
  options: ConvTranspose3dOptions = {},
): Tensor {
  return convTranspose("convTranspose3d", 3, x, weight, bias, options);
}
