import { type ConvAxis, excessOf, spanOf } from "../../ops/conv/conv-axis.js";
import { type LinearForm, type LinearKernel, type PerAxis, tapsOf, weightZeros } from "../kernel.js";

/** The greatest common divisor; gcd(0, n) = n. */
export function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/**
 * The coarsest grid that holds the taps of all the given axes, whose stride, upsampling and excess are equal.
 */
export function commonGrid(axes: readonly ConvAxis[]): ConvAxis {
  const first = axes[0] as ConvAxis;
  const before = Math.max(...axes.map((axis) => axis.before));
  const reach = Math.max(...axes.map((axis) => spanOf(axis) - axis.before));
  let step = 0;
  for (const axis of axes) {
    if (axis.size > 1) step = gcd(step, axis.dilation);
    step = gcd(step, before - axis.before);
  }
  const span = before + reach;
  const dilation = step || 1;
  return {
    ...first,
    size: (span - 1) / dilation + 1,
    dilation,
    before,
    after: excessOf(first) + span - before,
  };
}

/**
 * Places a kernel's taps on a wider or finer grid; the new entries are zero, the map stays the same.
 *
 * A tap at pixel -before + i dilation of the old grid must be a tap of the new one. With equal excess
 * (padding minus span) the output has the same size at every input.
 * @see DBB transform VI, https://arxiv.org/abs/2103.13425; the offset generalises it to even and asymmetric
 *   kernels
 */
export function onGrid(kernel: LinearKernel, axes: PerAxis<ConvAxis>): LinearKernel {
  if (isOnGrid(kernel, axes)) return kernel;
  const taps = tapsOf(kernel.axes);
  const newTaps = tapsOf(axes);
  const to = placesOf(kernel.axes, axes);
  const planes = kernel.weight.length / taps;
  const weight = weightZeros("embedKernel", { ...kernel, axes });
  for (let plane = 0; plane < planes; plane++) {
    for (let tap = 0; tap < taps; tap++) {
      weight[plane * newTaps + (to[tap] as number)] = kernel.weight[plane * taps + tap] as number;
    }
  }
  return { ...kernel, weight, axes };
}

/**
 * Adds a kernel's weights to those of a form with as many groups or fewer: each tap in its place on the wider
 * or finer grid of that, each block in its place on the diagonal.
 * @param sum weights of some output channels of the form, all or fewer
 * @param skipped output channels of the kernel in front of the first one of the sum
 */
export function addOnGrid(sum: Float64Array, kernel: LinearKernel, form: LinearForm, skipped: number): void {
  const { weight, inChannels, outChannels } = kernel;
  const [taps, newTaps] = [tapsOf(kernel.axes), tapsOf(form.axes)];
  const [width, newWidth] = [inChannels / kernel.groups, inChannels / form.groups];
  const to = isOnGrid(kernel, form.axes) ? undefined : placesOf(kernel.axes, form.axes);
  const rows = sum.length / (newWidth * newTaps);
  for (let row = 0; row < rows; row++) {
    const block = Math.floor(((skipped + row) * kernel.groups) / outChannels);
    const at = (row * newWidth + ((block * width) % newWidth)) * newTaps;
    addRow(sum, at, newTaps, weight, (skipped + row) * width * taps, width, taps, to);
  }
}

/** @param to where each tap lies; undefined: where it was */
function addRow(
  sum: Float64Array,
  at: number,
  newTaps: number,
  weight: Float64Array,
  from: number,
  width: number,
  taps: number,
  to: Int32Array | undefined,
): void {
  if (to === undefined) {
    for (let i = 0; i < width * taps; i++)
      sum[at + i] = (sum[at + i] as number) + (weight[from + i] as number);
    return;
  }
  for (let c = 0; c < width; c++) {
    for (let tap = 0; tap < taps; tap++) {
      const place = at + c * newTaps + (to[tap] as number);
      sum[place] = (sum[place] as number) + (weight[from + c * taps + tap] as number);
    }
  }
}

function isOnGrid(form: LinearForm, axes: PerAxis<ConvAxis>): boolean {
  return form.axes.every((old, i) => {
    const grid = axes[i] as ConvAxis;
    return old.size === grid.size && old.dilation === grid.dilation && old.before === grid.before;
  });
}

/** Where each tap of the old grid lies in the new one. */
function placesOf(old: PerAxis<ConvAxis>, grid: PerAxis<ConvAxis>): Int32Array {
  let places = Int32Array.of(0);
  old.forEach((axis, i) => {
    const { size, dilation, before } = grid[i] as ConvAxis;
    const first = (before - axis.before) / dilation;
    const step = axis.size === 1 ? 1 : axis.dilation / dilation;
    const next = new Int32Array(places.length * axis.size);
    places.forEach((outer, at) => {
      for (let tap = 0; tap < axis.size; tap++)
        next[at * axis.size + tap] = outer * size + first + tap * step;
    });
    places = next;
  });
  return places;
}
