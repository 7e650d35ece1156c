import type { AdaptiveMeanOp, WindowOp } from "../../graph/op.js";
import { outputShape, pooledSize } from "../../graph/shapes.js";
import type { ConvAxis } from "../../ops/conv/conv-axis.js";
import { product } from "../../tensor/tensor.js";
import { type Arithmetic, batched, likeGiven, type Wide, wideZeros } from "./wide.js";

/** One window on one axis. */
interface Window {
  /** The pixels of x in it. */
  readonly pixels: readonly number[];
  /** How many pixels it covers with the padding, cut off where that ends. */
  readonly padded: number;
}

/** Pooling of any rank, windows cut at the border as PyTorch cuts them. */
export function evaluateWindow(op: WindowOp, given: Wide, arithmetic: Arithmetic): Wide {
  const x = batched(given, op.axes.length);
  outputShape(op, [x.shape]);
  const windows = op.axes.map((axis, i) => windowsOf(op, axis, x.shape[i + 2] as number));
  const out = op.reduce === "max" ? largest(x, windows) : mean(x, windows, op, arithmetic);
  return likeGiven(given, out, op.axes.length);
}

/** Means of windows that give a size. */
export function evaluateAdaptiveMean(op: AdaptiveMeanOp, given: Wide, arithmetic: Arithmetic): Wide {
  const x = batched(given, op.outputSize.length);
  const windows = op.outputSize.map((asked, i) => {
    const size = x.shape[i + 2] as number;
    const count = asked ?? size;
    return Array.from({ length: count }, (_, at): Window => {
      const [first, end] = [Math.floor((at * size) / count), Math.ceil(((at + 1) * size) / count)];
      return { pixels: range(first, end), padded: end - first };
    });
  });
  const out = mean(x, windows, { countIncludePad: true, divisor: undefined }, arithmetic);
  return likeGiven(given, out, op.outputSize.length);
}

function windowsOf(op: WindowOp, axis: ConvAxis, size: number): Window[] {
  return Array.from({ length: pooledSize(op, axis, size) }, (_, i) => {
    const start = i * axis.stride - axis.before;
    const taps = Array.from({ length: axis.size }, (_, tap) => start + tap * axis.dilation);
    const padded = taps.filter((at) => at < size + axis.after).length;
    return { pixels: taps.filter((at) => at >= 0 && at < size), padded };
  });
}

/**
 * For every output of one channel's image: the offsets of the pixels in its window, and how many it covers
 * with the padding.
 */
function placesOf(
  x: Wide,
  windows: readonly (readonly Window[])[],
): readonly { readonly offsets: readonly number[]; readonly padded: number }[] {
  return windows.reduce<ReturnType<typeof placesOf>>(
    (places, along, axis) => {
      const size = x.shape[axis + 2] as number;
      return places.flatMap((place) =>
        along.map((window) => ({
          offsets: place.offsets.flatMap((offset) => window.pixels.map((pixel) => offset * size + pixel)),
          padded: place.padded * window.padded,
        })),
      );
    },
    [{ offsets: [0], padded: 1 }],
  );
}

function reduced(
  x: Wide,
  windows: readonly (readonly Window[])[],
  reduce: (at: number, out: Wide, pixels: readonly number[], padded: number) => void,
): Wide {
  const [batch = 1, channels = 1, ...size] = x.shape;
  const out = wideZeros([batch, channels, ...windows.map((along) => along.length)]);
  const area = product(size);
  const places = placesOf(x, windows);
  for (let plane = 0; plane < batch * channels; plane++) {
    places.forEach(({ offsets, padded }, place) => {
      const pixels = offsets.map((offset) => plane * area + offset);
      reduce(plane * places.length + place, out, pixels, padded);
    });
  }
  return out;
}

function mean(
  x: Wide,
  windows: readonly (readonly Window[])[],
  { countIncludePad, divisor }: Pick<WindowOp, "countIncludePad" | "divisor">,
  { roundedSum, smallest }: Arithmetic,
): Wide {
  return reduced(x, windows, (at, out, pixels, padded) => {
    let [value, error, magnitude] = [0, 0, 0];
    for (const pixel of pixels) {
      value += x.values[pixel] as number;
      error += x.errors[pixel] as number;
      magnitude += Math.abs(x.values[pixel] as number) + (x.errors[pixel] as number);
    }
    const by = divisor ?? (countIncludePad ? padded : pixels.length);
    out.values[at] = value / by;
    out.errors[at] = (error + roundedSum(pixels.length) * magnitude) / Math.abs(by) + smallest;
  });
}

/** The largest value of each window; no farther off than the farthest in it. NaN wins, as in PyTorch. */
function largest(x: Wide, windows: readonly (readonly Window[])[]): Wide {
  return reduced(x, windows, (at, out, pixels) => {
    let [value, error] = [Number.NEGATIVE_INFINITY, 0];
    for (const pixel of pixels) {
      value = Math.max(value, x.values[pixel] as number);
      error = Math.max(error, x.errors[pixel] as number);
    }
    out.values[at] = value;
    out.errors[at] = error;
  });
}

function range(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, i) => first + i);
}
