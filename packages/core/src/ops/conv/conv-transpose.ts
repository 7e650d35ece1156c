import type { Tensor } from "../../tensor/tensor.js";
import { type ImageBatch, imageBatch } from "../image.js";
import { checkWeight, computed } from "./conv.js";
import {
  type AnyConvTransposeOptions,
  type ConvTransposeSettings,
  convTransposeGeometry,
  convTransposeSettings,
} from "./conv-transpose-geometry.js";

/**
 * A transposed convolution of images with `rank` axes: what `convTranspose1d`, `convTranspose2d` and
 * `convTranspose3d` are.
 */
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
  return convTransposed(op, image, weight, bias, convTransposeSettings(op, weight.shape.slice(2), options));
}

/** A transposed convolution by checked options. */
export function convTransposed(
  op: string,
  image: ImageBatch,
  weight: Tensor,
  bias: Tensor | undefined,
  settings: Pick<ConvTransposeSettings, "axes" | "groups">,
): Tensor {
  return computed(op, image, weight, bias, convTransposeGeometry(op, image.shape, weight.shape, settings));
}
