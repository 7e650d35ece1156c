import { ShapeError } from "../../errors.js";
import { float32 } from "../../tensor/allocate.js";
import type { Tensor } from "../../tensor/tensor.js";
import { imageBatch, imageResult } from "../image.js";
import { perAxis } from "../per-axis.js";
import { means, pixelsInside } from "./avg-pool.js";
import { evenWindows } from "./windows.js";

/** Average pooling to a given size of images with `rank` axes: what `adaptiveAvgPool1d`, `adaptiveAvgPool2d` and `adaptiveAvgPool3d` are. */
export function adaptiveAvgPool(
  op: string,
  rank: number,
  x: Tensor,
  outputSize: number | readonly number[],
): Tensor {
  const image = imageBatch(op, x, rank);
  const outSize = perAxis(op, "outputSize", outputSize, rank, 1);
  const [batch, channels, ...size] = image.shape as [number, number, ...number[]];
  if (size.includes(0)) {
    throw new ShapeError(op, "x must not have an empty image", { "x.shape": [...x.shape] });
  }
  const windows = size.map((length, axis) => evenWindows(outSize[axis] as number, length));
  const shape = [batch, channels, ...outSize];
  const out = float32(op, shape, { shape, "x.shape": [...x.shape] });
  means(image.data, batch * channels, size, windows, pixelsInside, out);
  return imageResult(out, shape, image.unbatched);
}
