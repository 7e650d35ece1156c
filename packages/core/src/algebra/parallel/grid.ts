import { type ConvAxis, excessOf, spanOf } from "../../ops/conv/conv-axis.js";
import { type LinearForm, type LinearKernel, type PerAxis, tapsOf, weightZeros } from "../kernel.js";

/** The greatest common divisor; gcd(0, n) = n. */
export function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/** The coarsest grid that holds the taps of all the given axes, whose stride, upsampling and excess are equal. */
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
 * A tap at pixel -before + i dilation of the old grid must be a tap of the new one. With equal excess (padding minus span)
 * the output has the same size at every input.
 * @see DBB transform VI, https://arxiv.org/abs/2103.13425; the offset generalises it to even and asymmetric kernels
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

/** Adds a kernel's weights to those of one with as many groups, each tap in its place on the wider or finer grid of that. */
export function addOnGrid(sum: Float64Array, kernel: LinearKernel, axes: PerAxis<ConvAxis>): void {
  const { weight } = kernel;
  if (isOnGrid(kernel, axes)) {
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (weight[i] as number);
    return;
  }
  const taps = tapsOf(kernel.axes);
  const newTaps = tapsOf(axes);
  const to = placesOf(kernel.axes, axes);
  for (let from = 0, start = 0; from < weight.length; start += newTaps) {
    for (let tap = 0; tap < taps; tap++, from++) {
      const at = start + (to[tap] as number);
      sum[at] = (sum[at] as number) + (weight[from] as number);
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
