import type { Tensor } from "../../tensor/tensor.js";
import { convTranspose } from "./conv-transpose.js";
import type { ConvTranspose1dOptions } from "./conv-transpose-geometry.js";

/**
 * 1-D transposed convolution: the gradient of a convolution with respect to its input, by which decoders and
 * generators grow images.
 *
 * Each pixel of x adds its multiple of the kernel to the output, `stride` pixels from its neighbour's:
 * out[n, o, u stride - padding + j dilation] += x[n, c, u] weight[c, o, j], summed over u, j and the channels
 * c of o's group, on top of bias[o]; where there are groups, the weight's o counts inside its group.
 *
 * @param x [batch, in channels, width], or [in channels, width]; float32, any strides
 * @param weight [in channels, out channels / groups, kernel width]
 * @param bias [out channels]; none by default
 * @param options stride, padding, outputPadding, dilation, groups; see {@link ConvTranspose1dOptions}
 * @returns [batch, out channels, out width], each (in - 1) stride - 2 padding + dilation
 *   (kernel - 1) + outputPadding + 1 pixels long, row-major; without the batch axis where x had none
 * @throws {TensorTypeError} if an argument is no tensor
 * @throws {ShapeError} if the shapes do not fit each other, or padding takes the whole output away
 * @throws {ArgumentError} if an option is outside its domain
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.conv_transpose1d.html
 * @example
 * convTranspose1d(ones([1, 3, 9]), ones([3, 2, 4]), undefined, { stride: 2, padding: 1 }).shape; // [1, 2, 18]
 */
export function convTranspose1d(
  x: Tensor,
  weight: Tensor,
  bias?: Tensor,
  options: ConvTranspose1dOptions = {},
): Tensor {
  return convTranspose("convTranspose1d", 1, x, weight, bias, options);
}
