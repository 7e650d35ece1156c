import { whole } from "../../checks.js";
import { ArgumentError, ShapeError } from "../../errors.js";
import { float32 } from "../../tensor/allocate.js";
import type { Tensor } from "../../tensor/tensor.js";
import { imageBatch, imageResult } from "../image.js";
import { axesText } from "../per-axis.js";
import { means, pixelsInside } from "./pool.js";
import { evenWindows } from "./windows.js";

/** A size that an axis is averaged to; null: the axis keeps its size. */
export type AdaptiveSize = number | null;

/**
 * The sizes that `rank` axes are averaged to; undefined: the axis keeps its size.
 * @throws {ArgumentError} if a size is neither null nor a whole number of at least 1
 */
export function adaptiveSizes(
  op: string,
  rank: number,
  outputSize: AdaptiveSize | readonly AdaptiveSize[],
): readonly (number | undefined)[] {
  const sizes: unknown =
    typeof outputSize === "number" || outputSize === null
      ? new Array<AdaptiveSize>(rank).fill(outputSize)
      : outputSize;
  if (!Array.isArray(sizes) || sizes.length !== rank) {
    throw new ArgumentError(op, `outputSize must be a number or ${axesText(rank)}`, { outputSize });
  }
  // A sequence has one axis, which would keep all that it has: PyTorch takes null for images and volumes
  // only.
  return sizes.map((size: unknown) =>
    size === null && rank > 1 ? undefined : whole(op, "outputSize", size, 1, outputSize),
  );
}

/**
 * Average pooling of images to given sizes.
 * @param sizes one an axis of the image; undefined: the axis keeps its size
 */
export function adaptiveAvgPool(op: string, x: Tensor, sizes: readonly (number | undefined)[]): Tensor {
  const image = imageBatch(op, x, sizes.length);
  const [batch, channels, ...size] = image.shape as [number, number, ...number[]];
  if (size.includes(0)) {
    throw new ShapeError(op, "x must not have an empty image", { "x.shape": [...x.shape] });
  }
  const windows = size.map((length, axis) => evenWindows(sizes[axis] ?? length, length));
  const shape = [batch, channels, ...windows.map((along) => along.length)];
  const out = float32(op, shape, { shape, "x.shape": [...x.shape] });
  means({ data: image.data, count: batch * channels, size }, windows, pixelsInside, out);
  return imageResult(out, shape, image.unbatched);
}
