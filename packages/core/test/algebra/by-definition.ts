import type { ConvAxis, LinearKernel } from "../../src/index.js";

/** Numbers of [channels, ...sizes], row-major. */
export interface Signal {
  readonly channels: number;
  readonly sizes: readonly number[];
  readonly values: Float64Array;
}

/**
 * A kernel applied by the definition, one product after the other, with no algebra: P(U(x)) is looked up pixel by pixel.
 * Undefined where it cannot run: a window that does not fit, or more copied pixels than the image has.
 */
export function byDefinition(kernel: LinearKernel, x: Signal): Signal | undefined {
  const { axes, groups, inChannels, outChannels, weight, bias } = kernel;
  const reads = axes.map((axis, i) => readsOf(axis, kernel.paddingMode, x.sizes[i] as number));
  if (x.channels !== inChannels || reads.some((read) => read === undefined || read.length === 0))
    return undefined;
  const tables = reads as readonly (readonly (readonly number[])[])[];
  const sizes = tables.map((table) => table.length);
  const taps = axes.map((axis) => axis.size);
  const groupIn = inChannels / groups;
  const values: number[] = [];
  for (let o = 0; o < outChannels; o++) {
    const firstIn = Math.floor((o * groups) / outChannels) * groupIn;
    for (const place of placesOf(sizes)) {
      let sum = bias?.[o] ?? 0;
      placesOf(taps).forEach((tap, t, all) => {
        const at = tap.map(
          (i, axis) => (tables[axis] as (readonly number[])[])[place[axis] as number]?.[i] ?? -1,
        );
        if (at.includes(-1)) return;
        for (let c = 0; c < groupIn; c++) {
          const pixel = at.reduce((index, p, axis) => index * (x.sizes[axis] as number) + p, firstIn + c);
          sum += (weight[(o * groupIn + c) * all.length + t] as number) * (x.values[pixel] as number);
        }
      });
      values.push(sum);
    }
  }
  return { channels: outChannels, sizes, values: Float64Array.from(values) };
}

/** For each window the pixel of x under each tap, -1 for a zero; undefined where the padding asks for more than there is. */
function readsOf(axis: ConvAxis, mode: LinearKernel["paddingMode"], input: number): number[][] | undefined {
  const { size, stride, dilation, upsampling, before, after } = axis;
  const upsampled = Array.from({ length: upsampling * (input - 1) + 1 }, (_, i) =>
    i % upsampling === 0 ? i / upsampling : -1,
  );
  const length = upsampled.length;
  const most = Math.max(before, after);
  if ((mode === "reflect" && most > length - 1) || (mode === "circular" && most > length)) return undefined;
  const outside = (i: number): number => {
    if (mode === "zeros") return -1;
    if (mode === "replicate") return upsampled[i < 0 ? 0 : length - 1] as number;
    if (mode === "circular") return upsampled[(i + length) % length] as number;
    return upsampled[i < 0 ? -i : 2 * (length - 1) - i] as number;
  };
  const padded: number[] = [];
  for (let i = -before; i < length + after; i++)
    padded.push(i >= 0 && i < length ? (upsampled[i] as number) : outside(i));
  const windows: number[][] = [];
  for (let start = 0; start + dilation * (size - 1) < padded.length; start += stride) {
    windows.push(Array.from({ length: size }, (_, i) => padded[start + i * dilation] as number));
  }
  return windows;
}

/** Every index of an array of these sizes, in row-major order. */
function placesOf(sizes: readonly number[]): readonly (readonly number[])[] {
  return sizes.reduce<readonly (readonly number[])[]>(
    (places, size) => places.flatMap((place) => Array.from({ length: size }, (_, i) => [...place, i])),
    [[]],
  );
}

/** How far two results are apart, relative to numbers above 1; 0 where neither can run, infinite where only one can or shapes differ. */
export function apart(a: Signal | undefined, b: Signal | undefined): number {
  if (a === undefined && b === undefined) return 0;
  if (a === undefined || b === undefined) return Number.POSITIVE_INFINITY;
  if (a.channels !== b.channels || String(a.sizes) !== String(b.sizes)) return Number.POSITIVE_INFINITY;
  return a.values.reduce((most, value, i) => {
    const other = b.values[i] as number;
    return Math.max(most, Math.abs(value - other) / Math.max(1, Math.abs(value), Math.abs(other)));
  }, 0);
}
