import { addProduct } from "../../engines/product.js";
import type { ConvAxis } from "../../ops/conv/conv-axis.js";
import {
  type LinearForm,
  type LinearKernel,
  type PerAxis,
  tapsOf,
  weightsOf,
  weightZeros,
} from "../kernel.js";

/**
 * The weight of two convolutions in sequence: W[o, c, i uB + j sA] = sum over the middle channels m of
 * B[o, m, j] A[m, c, i]. One matrix product for each pair of taps, on matrices that are contiguous in the
 * input channels.
 *
 * @param merged what `sequenceForm` says of the result
 * @param again what whoever composes the first one with several has already
 */
export function composeWeights(
  first: LinearKernel,
  second: LinearKernel,
  merged: LinearForm,
  again: ComposedAgain = {},
): Float64Array {
  if (isDiagonal(second)) {
    const out = new Float64Array(first.weight.length);
    scaleRows(first.weight, second.weight, out);
    return out;
  }
  const { matrices = byTap(first), room = newRoom } = again;
  const b = byTap(second, room);
  const width = first.inChannels / merged.groups;
  const size = second.outChannels * width;
  const taps = tapsOf(merged.axes);
  const out = room("sums", weightsOf(merged), () => weightZeros("mergeSequence", merged)).fill(0);
  const placesA = places(first.axes, merged.axes, (i) => (second.axes[i] as ConvAxis).upsampling);
  const placesB = places(second.axes, merged.axes, (i) => (first.axes[i] as ConvAxis).stride);
  for (const [tapB, placeB] of placesB.entries()) {
    for (const [tapA, placeA] of placesA.entries()) {
      const tap = placeA + placeB;
      const sum = out.subarray(tap * size, (tap + 1) * size);
      multiply(b[tapB] as Float64Array, matrices[tapA] as Float64Array, sum, first, second, merged.groups);
    }
  }
  return transpose(out, taps, size, room);
}

/** Memory for so many numbers, with anything in it, under a name. */
export type NamedRooms = (name: string, size: number, make?: () => Float64Array) => Float64Array;

/** What composing one kernel with several others need not do each time. */
export interface ComposedAgain {
  /** The first one's weight {@link byTap}. */
  readonly matrices?: readonly Float64Array[];
  /** The same memory each time; what is composed holds until the next time. */
  readonly room?: NamedRooms;
}

const newRoom: NamedRooms = (_, size, make = () => new Float64Array(size)) => make();

/**
 * b = b_B + W_B b_A, summed over taps and middle channels: at every place that no border and no hole changes.
 */
export function composeBias(first: LinearKernel, second: LinearKernel): Float64Array | undefined {
  const { bias } = first;
  if (bias === undefined) return second.bias;
  const groupIn = second.inChannels / second.groups;
  const taps = tapsOf(second.axes);
  const out = new Float64Array(second.outChannels);
  for (let o = 0; o < out.length; o++) {
    const start = Math.floor((o * second.groups) / second.outChannels) * groupIn;
    let sum = second.bias?.[o] ?? 0;
    for (let m = 0; m < groupIn; m++) {
      let weights = 0;
      for (let t = 0; t < taps; t++) weights += second.weight[(o * groupIn + m) * taps + t] as number;
      sum += weights * (bias[start + m] as number);
    }
    out[o] = sum;
  }
  return out;
}

/** Where the taps of one kernel lie in the merged one, if those of the other are all at 0; row-major. */
function places(
  axes: PerAxis<ConvAxis>,
  merged: PerAxis<ConvAxis>,
  spread: (axis: number) => number,
): readonly number[] {
  return axes.reduce<readonly number[]>(
    (outer, axis, i) => {
      const { size, dilation } = merged[i] as ConvAxis;
      const step = (axis.dilation * spread(i)) / dilation;
      return outer.flatMap((at) => Array.from({ length: axis.size }, (_, tap) => at * size + tap * step));
    },
    [0],
  );
}

/** True for a factor a channel: what batch norms and scales are, by far the most frequent case. */
export function isDiagonal(form: LinearForm): boolean {
  const { groups, inChannels, outChannels } = form;
  return groups === inChannels && inChannels === outChannels && weightsOf(form) === outChannels;
}

/** out[o] = weight[o] factors[o], for each output channel o. */
export function scaleRows(weight: Float64Array, factors: Float64Array, out: Float64Array): void {
  const row = weight.length / factors.length;
  for (let o = 0, at = 0; o < factors.length; o++) {
    const factor = factors[o] as number;
    for (const end = at + row; at < end; at++) out[at] = (weight[at] as number) * factor;
  }
}

/**
 * sum += B A, block by block: row o meets the middle channels of its group, and each of these the input
 * channels of its own.
 */
function multiply(
  b: Float64Array,
  a: Float64Array,
  sum: Float64Array,
  first: LinearKernel,
  second: LinearKernel,
  groups: number,
): void {
  const middle = second.inChannels;
  const rows = second.outChannels / second.groups;
  const columnsB = middle / second.groups;
  const rowsA = middle / first.groups;
  const columns = first.inChannels / first.groups;
  const width = first.inChannels / groups;
  for (let start = 0, o = 0; start < middle; start += columnsB, o += rows) {
    for (let m = start; m < start + columnsB; ) {
      const block = Math.floor(m / rowsA);
      const end = Math.min((block + 1) * rowsA, start + columnsB);
      addProduct(sum, b, a, {
        rows,
        columns,
        depth: end - m,
        sumAt: o * width + ((block * columns) % width),
        sumStride: width,
        bAt: o * columnsB + m - start,
        bStride: columnsB,
        aAt: m * columns,
        aStride: columns,
      });
      m = end;
    }
  }
}

/** A kernel's weight as one [out, in / groups] matrix a tap. */
export function byTap(kernel: LinearKernel, room: NamedRooms = newRoom): readonly Float64Array[] {
  const taps = tapsOf(kernel.axes);
  const size = kernel.weight.length / taps;
  const matrices = transpose(kernel.weight, size, taps, (_, length) => room("matrices", length));
  return Array.from({ length: taps }, (_, tap) => matrices.subarray(tap * size, (tap + 1) * size));
}

/** Rows and columns that are transposed together: as many as the first-level cache holds. */
const tile = 64;

/** [rows, columns] as [columns, rows]. */
function transpose(values: Float64Array, rows: number, columns: number, room: NamedRooms): Float64Array {
  if (rows === 1 || columns === 1) return values;
  const out = room("transposed", values.length);
  for (let top = 0; top < rows; top += tile) {
    const bottom = Math.min(top + tile, rows);
    for (let left = 0; left < columns; left += tile) {
      const right = Math.min(left + tile, columns);
      for (let c = left; c < right; c++) {
        for (let r = top; r < bottom; r++) out[c * rows + r] = values[r * columns + c] as number;
      }
    }
  }
  return out;
}
