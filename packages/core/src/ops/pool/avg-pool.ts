import { checkFlag, checkOptions, type OptionNames } from "../../checks.js";
import { ArgumentError, ShapeError } from "../../errors.js";
import { float32 } from "../../tensor/allocate.js";
import type { Tensor } from "../../tensor/tensor.js";
import { plainAxis } from "../conv/conv-axis.js";
import { imageBatch, imageResult } from "../image.js";
import { perAxis } from "../per-axis.js";
import { asVolume, type Window, windowsOf } from "./windows.js";

/** The options of an average pooling; its rank says how many numbers an option may have. */
export interface AvgPoolOptions<Numbers> {
  /** Step between windows. Default: the kernel's size. */
  readonly stride?: Numbers;
  /** Zeros added on both sides of each axis; at most half of the kernel. Default 0. */
  readonly padding?: Numbers;
  /** True: a last window that begins inside the (left-padded) image counts even where it does not fit. Default false. */
  readonly ceilMode?: boolean;
  /** True: padding counts in the average. Default true. */
  readonly countIncludePad?: boolean;
}

/** The options of an average pooling that may divide by another number. */
export interface DivisorOption {
  /** Divides by this whole number, not 0, instead of the window's size. */
  readonly divisorOverride?: number;
}

/** The options of an average pooling of any rank. */
export type AnyAvgPoolOptions = AvgPoolOptions<number | readonly number[]> & DivisorOption;

export const avgPool1dOptionNames: OptionNames<AvgPoolOptions<unknown>> = {
  stride: true,
  padding: true,
  ceilMode: true,
  countIncludePad: true,
};

export const avgPoolOptionNames: OptionNames<AnyAvgPoolOptions> = {
  ...avgPool1dOptionNames,
  divisorOverride: true,
};

/** The options of an average pooling, checked and in their fullest form. */
export interface PoolSettings {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly ceilMode: boolean;
  readonly countIncludePad: boolean;
  readonly divisorOverride: number | undefined;
}

/** @throws {ArgumentError} if an option is outside its domain */
export function avgPoolSettings(
  op: string,
  rank: number,
  kernelSize: number | readonly number[],
  options: AnyAvgPoolOptions,
): PoolSettings {
  checkOptions<AnyAvgPoolOptions>(
    op,
    options,
    rank === 1 ? (avgPool1dOptionNames as OptionNames<AnyAvgPoolOptions>) : avgPoolOptionNames,
  );
  const kernel = perAxis(op, "kernelSize", kernelSize, rank, 1);
  const stride = perAxis(op, "stride", options.stride ?? kernel, rank, 1);
  const padding = perAxis(op, "padding", options.padding ?? 0, rank, 0);
  const { ceilMode = false, countIncludePad = true, divisorOverride } = options;
  checkFlag(op, "ceilMode", ceilMode);
  checkFlag(op, "countIncludePad", countIncludePad);
  checkHalf(op, padding, kernel);
  if (divisorOverride !== undefined && (!Number.isSafeInteger(divisorOverride) || divisorOverride === 0)) {
    throw new ArgumentError(op, "divisorOverride must be a whole number other than 0", {
      divisorOverride,
    });
  }
  return { kernel, stride, padding, ceilMode, countIncludePad, divisorOverride };
}

/** @throws {ArgumentError} if a window could lie in the padding alone */
export function checkHalf(op: string, padding: readonly number[], kernel: readonly number[]): void {
  if (padding.every((pixels, axis) => pixels * 2 <= (kernel[axis] as number))) return;
  throw new ArgumentError(op, "padding must be at most half of the kernel", {
    padding: [...padding],
    kernelSize: [...kernel],
  });
}

/** An average pooling of images with `rank` axes: what `avgPool1d`, `avgPool2d` and `avgPool3d` are. */
export function avgPool(
  op: string,
  rank: number,
  x: Tensor,
  kernelSize: number | readonly number[],
  options: AnyAvgPoolOptions,
): Tensor {
  const image = imageBatch(op, x, rank);
  const settings = avgPoolSettings(op, rank, kernelSize, options);
  const { kernel, stride, padding, ceilMode, countIncludePad, divisorOverride } = settings;
  const [batch, channels, ...size] = image.shape as [number, number, ...number[]];
  const got = { "x.shape": [...x.shape], kernelSize: [...kernel] };
  if (channels === 0 || size.includes(0)) {
    throw new ShapeError(op, "only the batch axis may be empty", got);
  }
  const windows = size.map((length, axis) => {
    const [pixels, step] = [padding[axis] as number, stride[axis] as number];
    const along = plainAxis(kernel[axis] as number, { stride: step, before: pixels, after: pixels });
    return windowsOf(along, length, ceilMode);
  });
  if (windows.some((along) => along.length === 0))
    throw new ShapeError(op, "the window is larger than the padded input", got);
  const shape = [batch, channels, ...windows.map((along) => along.length)];
  const out = float32(op, shape, { shape, ...got });
  const divisor =
    divisorOverride === undefined ? (countIncludePad ? paddedPixels : pixelsInside) : () => divisorOverride;
  means(image.data, batch * channels, size, windows, divisor, out);
  return imageResult(out, shape, image.unbatched);
}

/** What the sum of a window is divided by. */
type Divisor = (planes: Window, rows: Window, columns: Window) => number;

function paddedPixels(planes: Window, rows: Window, columns: Window): number {
  return planes.padded * rows.padded * columns.padded;
}

/** How many pixels of the image a window holds. */
export function pixelsInside(planes: Window, rows: Window, columns: Window): number {
  return (planes.end - planes.first) * (rows.end - rows.first) * (columns.end - columns.first);
}

/** The sum of each window, in float64, divided by what `divisor` says. */
export function means(
  data: Float32Array,
  images: number,
  size: readonly number[],
  windows: readonly (readonly Window[])[],
  divisor: Divisor,
  out: Float32Array,
): void {
  const volume = asVolume(windows, size);
  const [depth, height, width] = volume.size;
  let at = 0;
  for (let image = 0; image < images; image++) {
    for (const planes of volume.windows[0]) {
      for (const rows of volume.windows[1]) {
        for (const columns of volume.windows[2]) {
          let sum = 0;
          for (let plane = planes.first; plane < planes.end; plane++) {
            for (let row = rows.first; row < rows.end; row++) {
              const line = ((image * depth + plane) * height + row) * width;
              for (let column = columns.first; column < columns.end; column++)
                sum += data[line + column] as number;
            }
          }
          out[at++] = sum / divisor(planes, rows, columns);
        }
      }
    }
  }
}
