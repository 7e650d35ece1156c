import { checkFlag, checkOptions, type OptionNames } from "../../checks.js";
import { ShapeError } from "../../errors.js";
import { float32 } from "../../tensor/allocate.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type ConvAxis, plainAxis, spanOf } from "../conv/conv-axis.js";
import { imageBatch, imageResult } from "../image.js";
import { perAxis } from "../per-axis.js";
import { checkHalf } from "./avg-pool.js";
import { asVolume, type Window, windowsOf } from "./windows.js";

/** The options of a maximum pooling; its rank says how many numbers an option may have. */
export interface MaxPoolOptions<Numbers> {
  /** Step between windows. Default: the kernel's size. */
  readonly stride?: Numbers;
  /** Pixels on every side that no maximum is taken over; at most half of what the kernel spans. Default 0. */
  readonly padding?: Numbers;
  /** Distance between the pixels of a window. Default 1. */
  readonly dilation?: Numbers;
  /** True: a last window that begins inside the (left-padded) image counts even where it does not fit. Default false. */
  readonly ceilMode?: boolean;
}

/** The options of a maximum pooling of any rank. */
export type AnyMaxPoolOptions = MaxPoolOptions<number | readonly number[]>;

const maxPoolOptionNames: OptionNames<AnyMaxPoolOptions> = {
  stride: true,
  padding: true,
  dilation: true,
  ceilMode: true,
};

/** The options of a maximum pooling, checked and in their fullest form. */
export interface MaxPoolSettings {
  readonly axes: readonly ConvAxis[];
  readonly ceilMode: boolean;
}

/** @throws {ArgumentError} if an option is outside its domain */
export function maxPoolSettings(
  op: string,
  rank: number,
  kernelSize: number | readonly number[],
  options: AnyMaxPoolOptions,
): MaxPoolSettings {
  checkOptions(op, options, maxPoolOptionNames);
  const kernel = perAxis(op, "kernelSize", kernelSize, rank, 1);
  const stride = perAxis(op, "stride", options.stride ?? kernel, rank, 1);
  const padding = perAxis(op, "padding", options.padding ?? 0, rank, 0);
  const dilation = perAxis(op, "dilation", options.dilation ?? 1, rank, 1);
  const { ceilMode = false } = options;
  checkFlag(op, "ceilMode", ceilMode);
  const axes = kernel.map((size, axis) => {
    const pixels = padding[axis] as number;
    const steps = { stride: stride[axis] as number, dilation: dilation[axis] as number };
    return plainAxis(size, { ...steps, before: pixels, after: pixels });
  });
  checkHalf(op, padding, axes.map(spanOf));
  return { axes, ceilMode };
}

/** A maximum pooling of images with `rank` axes: what `maxPool1d`, `maxPool2d` and `maxPool3d` are. */
export function maxPool(
  op: string,
  rank: number,
  x: Tensor,
  kernelSize: number | readonly number[],
  options: AnyMaxPoolOptions,
): Tensor {
  const image = imageBatch(op, x, rank);
  const { axes, ceilMode } = maxPoolSettings(op, rank, kernelSize, options);
  const [batch, channels, ...size] = image.shape as [number, number, ...number[]];
  const windows = axes.map((axis, i) => windowsOf(axis, size[i] as number, ceilMode));
  const got = { "x.shape": [...x.shape], kernelSize: axes.map((axis) => axis.size) };
  if (size.includes(0) || windows.some((along) => along.length === 0))
    throw new ShapeError(op, "the window is larger than the padded input", got);
  const shape = [batch, channels, ...windows.map((along) => along.length)];
  const out = float32(op, shape, { shape, ...got });
  largest(image.data, batch * channels, size, windows, out);
  return imageResult(out, shape, image.unbatched);
}

/** The first of the largest values of each window; NaN wins. */
function largest(
  data: Float32Array,
  images: number,
  size: readonly number[],
  windows: readonly (readonly Window[])[],
  out: Float32Array,
): void {
  const volume = asVolume(windows, size);
  const [depth, height, width] = volume.size;
  let at = 0;
  for (let image = 0; image < images; image++) {
    for (const planes of volume.windows[0]) {
      for (const rows of volume.windows[1]) {
        for (const columns of volume.windows[2]) {
          let most = Number.NEGATIVE_INFINITY;
          for (let plane = planes.first; plane < planes.end; plane += planes.step) {
            for (let row = rows.first; row < rows.end; row += rows.step) {
              const line = ((image * depth + plane) * height + row) * width;
              for (let column = columns.first; column < columns.end; column += columns.step) {
                const value = data[line + column] as number;
                if (value > most || Number.isNaN(value)) most = value;
              }
            }
          }
          out[at++] = most;
        }
      }
    }
  }
}
