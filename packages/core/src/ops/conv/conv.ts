import { askEngine } from "../../engines/active.js";
import type { ConvGeometry } from "../../engines/engine.js";
import { ShapeError } from "../../errors.js";
import { float32 } from "../../tensor/allocate.js";
import { rowMajorData } from "../../tensor/layout.js";
import { assertTensor, type Tensor } from "../../tensor/tensor.js";
import { checkChannelVector } from "../channel-vector.js";
import { type ImageBatch, imageBatch, imageResult } from "../image.js";
import { padImages } from "../pad.js";
import { axesText } from "../per-axis.js";
import { plainAxis } from "./conv-axis.js";
import {
  type AnyConvOptions,
  type ConvSettings,
  convGeometry,
  convSettings,
  type PaddingMode,
} from "./conv-geometry.js";

/** A convolution of images with `rank` axes: what `conv1d`, `conv2d` and `conv3d` are. */
export function conv(
  op: string,
  rank: number,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | undefined,
  options: AnyConvOptions,
): Tensor {
  const image = imageBatch(op, x, rank);
  checkWeight(op, rank, weight, "out channels, in channels / groups");
  return convolved(op, image, weight, bias, convSettings(op, weight.shape.slice(2), options));
}

/** A convolution by checked options. */
export function convolved(
  op: string,
  image: ImageBatch,
  weight: Tensor,
  bias: Tensor | undefined,
  settings: ConvSettings,
): Tensor {
  const asked = convGeometry(op, image.shape, weight.shape, settings);
  const { paddingMode } = settings;
  const [data, geometry] =
    paddingMode === "zeros" ? [image.data, asked] : padFirst(op, image.data, asked, paddingMode);
  return computed(op, { ...image, data }, weight, bias, geometry);
}

/** @throws {ShapeError} if the weight has not `rank` axes besides its channels */
export function checkWeight(op: string, rank: number, weight: Tensor, channels: string): void {
  assertTensor(op, "weight", weight);
  if (weight.shape.length === rank + 2) return;
  const kernel = axesText(rank).replace(/\w+/g, "kernel $&").slice(1);
  throw new ShapeError(op, `weight must be [${channels}, ${kernel}`, { "weight.shape": [...weight.shape] });
}

/** What the engine in use gives for a convolution whose arguments have been checked, the bias apart. */
export function computed(
  op: string,
  image: ImageBatch,
  weight: Tensor,
  bias: Tensor | undefined,
  geometry: ConvGeometry,
): Tensor {
  checkChannelVector(op, "bias", bias, geometry.outChannels);
  const shape = [geometry.batch, geometry.outChannels, ...geometry.outSize];
  const given = image.unbatched ? image.shape.slice(1) : image.shape;
  const got = { shape, "x.shape": given, "weight.shape": [...weight.shape] };
  const out = float32(op, shape, got);
  const values = [rowMajorData(weight), bias && rowMajorData(bias)] as const;
  askEngine(op, got, (engine) => engine.conv(image.data, ...values, out, geometry));
  return imageResult(out, shape, image.unbatched);
}

/** Fills a border that is not zeros beforehand, which leaves a convolution without padding. */
function padFirst(
  op: string,
  data: Float32Array,
  g: ConvGeometry,
  mode: PaddingMode,
): readonly [Float32Array, ConvGeometry] {
  const inSize = g.axes.map(({ before, after }, i) => (g.inSize[i] as number) + before + after);
  const axes = g.axes.map(({ size, stride, dilation }) => plainAxis(size, { stride, dilation }));
  const padded = padImages(op, data, g.batch * g.inChannels, g.inSize, g.axes, mode);
  return [padded, { ...g, inSize, axes }];
}
