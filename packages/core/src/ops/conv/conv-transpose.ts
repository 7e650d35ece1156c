import type { Tensor } from "../../tensor/tensor.js";
import { imageBatch } from "../image.js";
import { checkWeight, computed } from "./conv.js";
import { type AnyConvTransposeOptions, convTransposeGeometry } from "./conv-transpose-geometry.js";

/** A transposed convolution of images with `rank` axes: what `convTranspose1d`, `convTranspose2d` and `convTranspose3d` are. */
export function convTranspose(
  op: string,
  rank: number,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | undefined,
  options: AnyConvTransposeOptions,
): Tensor {
  const image = imageBatch(op, x, rank);
  checkWeight(op, rank, weight, "in channels, out channels / groups");
  return computed(op, image, weight, bias, convTransposeGeometry(op, image.shape, weight.shape, options));
}
