import { type Pair, pair } from "../checks.js";
import { ShapeError } from "../errors.js";
import { float32 } from "../tensor/allocate.js";
import type { Tensor } from "../tensor/tensor.js";
import { imageBatch, imageResult } from "./image.js";

/**
 * Average pooling to a given size: window i of n covers the pixels from floor(i size / n) up to ceil((i + 1) size / n).
 *
 * @param x [batch, channels, height, width], or [channels, height, width]; float32, any strides
 * @param outputSize [height, width] of the result, or one number for both; 1 is global average pooling
 * @returns [batch, channels, ...outputSize], row-major; summed in float64, rounded once
 * @throws {ShapeError} if x has another rank or an empty image
 * @throws {ArgumentError} if a size is no whole number of at least 1
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.adaptive_avg_pool2d.html
 * @example
 * adaptiveAvgPool2d(ones([1, 2, 6, 4]), 1).shape; // [1, 2, 1, 1]
 */
export function adaptiveAvgPool2d(x: Tensor, outputSize: Pair): Tensor {
  const image = imageBatch("adaptiveAvgPool2d", x, 2);
  const [outHeight, outWidth] = pair("adaptiveAvgPool2d", "outputSize", outputSize, 1);
  const [batch, channels, height, width] = image.shape as [number, number, number, number];
  if (height === 0 || width === 0) {
    throw new ShapeError("adaptiveAvgPool2d", "x must not have an empty image", { "x.shape": [...x.shape] });
  }
  const shape = [batch, channels, outHeight, outWidth];
  const out = float32("adaptiveAvgPool2d", shape, { shape, "x.shape": [...x.shape] });
  let at = 0;
  for (let plane = 0; plane < batch * channels; plane++) {
    for (let y = 0; y < outHeight; y++) {
      const [top, bottom] = adaptiveWindow(y, outHeight, height);
      for (let xx = 0; xx < outWidth; xx++) {
        const [left, right] = adaptiveWindow(xx, outWidth, width);
        let sum = 0;
        for (let row = top; row < bottom; row++) {
          const line = (plane * height + row) * width;
          for (let column = left; column < right; column++) sum += image.data[line + column] as number;
        }
        out[at++] = sum / ((bottom - top) * (right - left));
      }
    }
  }
  return imageResult(out, shape, image.unbatched);
}

function adaptiveWindow(index: number, windows: number, size: number): readonly [first: number, end: number] {
  return [Math.floor((index * size) / windows), Math.ceil(((index + 1) * size) / windows)];
}
