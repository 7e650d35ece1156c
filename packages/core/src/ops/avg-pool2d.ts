import { checkFlag, checkOptions, type OptionNames, type Pair, pair } from "../checks.js";
import { ArgumentError, ShapeError } from "../errors.js";
import { float32 } from "../tensor/allocate.js";
import type { Tensor } from "../tensor/tensor.js";
import { outSizeOf, plainAxis } from "./conv-axis.js";
import { imageBatch, imageResult } from "./image.js";

/** The options of {@link avgPool2d}. */
export interface AvgPool2dOptions {
  /** Step between windows. Default: the kernel's size. */
  readonly stride?: Pair;
  /** Zeros added on both sides of each axis; at most half of the kernel. Default 0. */
  readonly padding?: Pair;
  /** True: a last window that begins inside the (left-padded) image counts even where it does not fit. Default false. */
  readonly ceilMode?: boolean;
  /** True: padding counts in the average. Default true. */
  readonly countIncludePad?: boolean;
  /** Divides by this whole number, not 0, instead of the window's size. */
  readonly divisorOverride?: number;
}

const avgPool2dOptionNames: OptionNames<AvgPool2dOptions> = {
  stride: true,
  padding: true,
  ceilMode: true,
  countIncludePad: true,
  divisorOverride: true,
};

/**
 * Average pooling: out[n, c, y, x] = the mean of the kernel-sized window that begins at (y stride - padding, x stride - padding).
 *
 * @param x [batch, channels, height, width], or [channels, height, width]; float32, any strides
 * @param kernelSize the window, in pixels
 * @param options see {@link AvgPool2dOptions}
 * @returns [batch, channels, out height, out width], row-major; summed in float64, rounded once
 * @throws {ShapeError} if x has another rank, an empty image, or no window fits
 * @throws {ArgumentError} if an option is outside its domain
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.avg_pool2d.html
 * @example
 * avgPool2d(ones([1, 2, 6, 4]), 2).shape; // [1, 2, 3, 2]
 */
export function avgPool2d(x: Tensor, kernelSize: Pair, options: AvgPool2dOptions = {}): Tensor {
  const image = imageBatch("avgPool2d", x, 2);
  const { kernel, stride, padding, ceilMode, countIncludePad, divisorOverride } = poolSettings(
    "avgPool2d",
    kernelSize,
    options,
  );
  const [batch, channels, height, width] = image.shape as [number, number, number, number];
  const got = { "x.shape": [...x.shape], kernelSize: [...kernel] };
  if (channels === 0 || height === 0 || width === 0) {
    throw new ShapeError("avgPool2d", "only the batch axis may be empty", got);
  }
  const outHeight = pooledSize(height, kernel[0], stride[0], padding[0], ceilMode);
  const outWidth = pooledSize(width, kernel[1], stride[1], padding[1], ceilMode);
  if (outHeight < 1 || outWidth < 1)
    throw new ShapeError("avgPool2d", "the window is larger than the padded input", got);
  const shape = [batch, channels, outHeight, outWidth] as const;
  const out = float32("avgPool2d", shape, { shape, ...got });
  let at = 0;
  for (let plane = 0; plane < batch * channels; plane++) {
    for (let y = 0; y < outHeight; y++) {
      const rows = poolWindow(y, stride[0], padding[0], kernel[0], height);
      for (let xx = 0; xx < outWidth; xx++) {
        const columns = poolWindow(xx, stride[1], padding[1], kernel[1], width);
        let sum = 0;
        for (let row = rows.first; row < rows.end; row++) {
          const line = (plane * height + row) * width;
          for (let column = columns.first; column < columns.end; column++)
            sum += image.data[line + column] as number;
        }
        const inside = (rows.end - rows.first) * (columns.end - columns.first);
        out[at++] = sum / (divisorOverride ?? (countIncludePad ? rows.padded * columns.padded : inside));
      }
    }
  }
  return imageResult(out, shape, image.unbatched);
}

/** The options of an average pooling, checked and in their fullest form. */
export interface PoolSettings {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
  readonly ceilMode: boolean;
  readonly countIncludePad: boolean;
  readonly divisorOverride: number | undefined;
}

/** @throws {ArgumentError} if an option is outside its domain */
export function poolSettings(op: string, kernelSize: Pair, options: AvgPool2dOptions): PoolSettings {
  checkOptions(op, options, avgPool2dOptionNames);
  const kernel = pair(op, "kernelSize", kernelSize, 1);
  const stride = pair(op, "stride", options.stride ?? kernel, 1);
  const padding = pair(op, "padding", options.padding ?? 0, 0);
  const { ceilMode = false, countIncludePad = true, divisorOverride } = options;
  checkFlag(op, "ceilMode", ceilMode);
  checkFlag(op, "countIncludePad", countIncludePad);
  if (padding[0] * 2 > kernel[0] || padding[1] * 2 > kernel[1]) {
    throw new ArgumentError(op, "padding must be at most half of the kernel", {
      padding: [...padding],
      kernelSize: [...kernel],
    });
  }
  if (divisorOverride !== undefined && (!Number.isSafeInteger(divisorOverride) || divisorOverride === 0)) {
    throw new ArgumentError(op, "divisorOverride must be a whole number other than 0", {
      divisorOverride,
    });
  }
  return { kernel, stride, padding, ceilMode, countIncludePad, divisorOverride };
}

function pooledSize(
  size: number,
  kernel: number,
  stride: number,
  padding: number,
  ceilMode: boolean,
): number {
  if (!ceilMode) return outSizeOf(plainAxis(kernel, { stride, before: padding, after: padding }), size);
  const windows = Math.ceil((size + 2 * padding - kernel) / stride) + 1;
  return (windows - 1) * stride >= size + padding ? windows - 1 : windows;
}

/** The part of a window inside the image, and its length with padding but without what ceil mode lets hang over. */
function poolWindow(
  index: number,
  stride: number,
  padding: number,
  kernel: number,
  size: number,
): { readonly first: number; readonly end: number; readonly padded: number } {
  const start = index * stride - padding;
  const stop = Math.min(start + kernel, size + padding);
  return { first: Math.max(start, 0), end: Math.min(stop, size), padded: stop - start };
}
