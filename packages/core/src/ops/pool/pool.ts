import { ShapeError } from "../../errors.js";
import { float32 } from "../../tensor/allocate.js";
import type { Tensor } from "../../tensor/tensor.js";
import type { ConvAxis } from "../conv/conv-axis.js";
import { imageBatch, imageResult } from "../image.js";
import { asVolume, type Window, windowsOf } from "./windows.js";

/** A pooling in its fullest form: what is taken of which windows. */
export interface Pooling {
  readonly reduce: "mean" | "max";
  /** One an axis of the image; upsampling 1. */
  readonly axes: readonly ConvAxis[];
  /** Of a mean: whether padded pixels count in what is divided by. */
  readonly countIncludePad: boolean;
  /**
   * True: a last window that begins inside the image, or in the padding before it, counts even where it does
   * not fit.
   */
  readonly ceilMode: boolean;
  /** Of a mean: divides by this number instead of the window's size. */
  readonly divisor: number | undefined;
}

/** The mean or the maximum of each window of an image: what all poolings but the adaptive ones are. */
export function pooled(op: string, x: Tensor, pooling: Pooling): Tensor {
  const { axes, ceilMode, reduce, divisor, countIncludePad } = pooling;
  const image = imageBatch(op, x, axes.length);
  const [batch, channels, ...size] = image.shape as [number, number, ...number[]];
  const got = { "x.shape": [...x.shape], kernelSize: axes.map((axis) => axis.size) };
  if (channels === 0 || size.includes(0)) {
    throw new ShapeError(op, "only the batch axis may be empty", got);
  }
  const windows = axes.map((axis, i) => windowsOf(axis, size[i] as number, ceilMode));
  if (windows.some((along) => along.length === 0))
    throw new ShapeError(op, "the window is larger than the padded input", got);
  const shape = [batch, channels, ...windows.map((along) => along.length)];
  const out = float32(op, shape, { shape, ...got });
  const images: Images = { data: image.data, count: batch * channels, size };
  if (reduce === "max") maxima(images, windows, out);
  else {
    const counted = countIncludePad ? paddedPixels : pixelsInside;
    means(images, windows, divisor === undefined ? counted : () => divisor, out);
  }
  return imageResult(out, shape, image.unbatched);
}

/** Images of one channel, one after the other. */
export interface Images {
  readonly data: Float32Array;
  readonly count: number;
  readonly size: readonly number[];
}

/** What the sum of a window is divided by. */
type Divisor = (planes: Window, rows: Window, columns: Window) => number;

function paddedPixels(planes: Window, rows: Window, columns: Window): number {
  return planes.padded * rows.padded * columns.padded;
}

/** How many pixels of the image a window of a mean holds: its windows are not dilated. */
export function pixelsInside(planes: Window, rows: Window, columns: Window): number {
  return (planes.end - planes.first) * (rows.end - rows.first) * (columns.end - columns.first);
}

/** The sum of each window, in float64, divided by what `divisor` says. */
export function means(
  images: Images,
  windows: readonly (readonly Window[])[],
  divisor: Divisor,
  out: Float32Array,
): void {
  const { data } = images;
  forEachWindow(images, windows, (at, volume, planes, rows, columns) => {
    let sum = 0;
    for (let plane = planes.first; plane < planes.end; plane++) {
      for (let row = rows.first; row < rows.end; row++) {
        const line = volume.lineAt(plane, row);
        for (let column = columns.first; column < columns.end; column++) sum += data[line + column] as number;
      }
    }
    out[at] = sum / divisor(planes, rows, columns);
  });
}

/** The largest value of each window; NaN wins. */
function maxima(images: Images, windows: readonly (readonly Window[])[], out: Float32Array): void {
  const { data } = images;
  forEachWindow(images, windows, (at, volume, planes, rows, columns) => {
    let most = Number.NEGATIVE_INFINITY;
    for (let plane = planes.first; plane < planes.end; plane += planes.step) {
      for (let row = rows.first; row < rows.end; row += rows.step) {
        const line = volume.lineAt(plane, row);
        for (let column = columns.first; column < columns.end; column += columns.step) {
          const value = data[line + column] as number;
          if (value > most || Number.isNaN(value)) most = value;
        }
      }
    }
    out[at] = most;
  });
}

/** One of several images, as a volume: an axis that an image lacks has size 1. */
class Volume {
  readonly height: number;
  readonly width: number;
  readonly first: number;

  constructor(image: number, [depth, height, width]: readonly [number, number, number]) {
    this.height = height;
    this.width = width;
    this.first = image * depth * height;
  }

  /** Where in the data a line of pixels begins. */
  lineAt(plane: number, row: number): number {
    return (this.first + plane * this.height + row) * this.width;
  }
}

/** Calls `visit` for every window of every image, `at` being the number of its output. */
function forEachWindow(
  { count, size }: Images,
  windows: readonly (readonly Window[])[],
  visit: (at: number, volume: Volume, planes: Window, rows: Window, columns: Window) => void,
): void {
  const volume = asVolume(windows, size);
  let at = 0;
  for (let image = 0; image < count; image++) {
    const place = new Volume(image, volume.size);
    for (const planes of volume.windows[0]) {
      for (const rows of volume.windows[1]) {
        for (const columns of volume.windows[2]) visit(at++, place, planes, rows, columns);
      }
    }
  }
}
