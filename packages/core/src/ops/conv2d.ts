import { activeEngine } from "../engines/active.js";
import type { ConvGeometry } from "../engines/engine.js";
import { ShapeError } from "../errors.js";
import { rowMajorData } from "../tensor/layout.js";
import { assertTensor, type Tensor } from "../tensor/tensor.js";
import { checkChannelVector } from "./channel-vector.js";
import { type Conv2dOptions, convGeometry, type PaddingMode } from "./conv-geometry.js";
import { imageBatch, imageResult } from "./image.js";
import { padImage } from "./pad.js";

/**
 * 2-D convolution (cross-correlation, as every network library has it).
 *
 * out[n, o, y, x] = bias[o] + sum over c, i, j of weight[o, c, i, j] x[n, c + g in/groups, y stride - pad + i dilation, x stride - pad + j dilation],
 * where g is the group of output channel o.
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
  const image = imageBatch("conv2d", x);
  assertTensor("conv2d", "weight", weight);
  if (weight.shape.length !== 4) {
    throw new ShapeError(
      "conv2d",
      "weight must be [out channels, in channels / groups, kernel height, kernel width]",
      {
        "weight.shape": [...weight.shape],
      },
    );
  }
  const asked = convGeometry("conv2d", image.shape, weight.shape, options);
  checkChannelVector("conv2d", "bias", bias, asked.outChannels);
  const { paddingMode = "zeros" } = options;
  const [data, geometry] =
    paddingMode === "zeros" ? [image.data, asked] : padFirst(image.data, asked, paddingMode);
  const shape = [geometry.batch, geometry.outChannels, geometry.outHeight, geometry.outWidth] as const;
  const out = new Float32Array(shape[0] * shape[1] * shape[2] * shape[3]);
  activeEngine().conv2d(data, rowMajorData(weight), bias && rowMajorData(bias), out, geometry);
  return imageResult(out, shape, image.unbatched);
}

/** Fills a border that is not zeros beforehand, which leaves a convolution without padding. */
function padFirst(
  data: Float32Array,
  g: ConvGeometry,
  mode: PaddingMode,
): readonly [Float32Array, ConvGeometry] {
  const sides = { top: g.padTop, bottom: g.padBottom, left: g.padLeft, right: g.padRight };
  const padded = padImage(data, g.batch * g.inChannels, g.inHeight, g.inWidth, sides, mode);
  return [
    padded,
    {
      ...g,
      inHeight: g.inHeight + g.padTop + g.padBottom,
      inWidth: g.inWidth + g.padLeft + g.padRight,
      padTop: 0,
      padBottom: 0,
      padLeft: 0,
      padRight: 0,
    },
  ];
}
