import { product } from "../tensor/tensor.js";
import type { ConvAxis, ConvGeometry } from "./engine.js";

/** Which pixel each tap of each output reads, on one axis; -1: none, it reads a zero. */
export type Reads = readonly (readonly number[])[];

/** Where an index of an axis reads; undefined: nowhere. */
export type Source = (index: number, size: number) => number | undefined;

/**
 * What the windows of a convolution read, axis by axis. `source` says what lies outside; by default nothing
 * does.
 */
export function windowReads(g: ConvGeometry, source: Source = inside): readonly Reads[] {
  return g.axes.map((axis, i) => axisReads(axis, g.inSize[i] as number, g.outSize[i] as number, source));
}

function axisReads(axis: ConvAxis, inSize: number, outSize: number, source: Source): Reads {
  const { size, stride, dilation, upsampling, before } = axis;
  const upsampled = upsampling * (inSize - 1) + 1;
  return Array.from({ length: outSize }, (_, y) =>
    Array.from({ length: size }, (_, i) => {
      const at = source(y * stride + i * dilation - before, upsampled);
      return at === undefined || at % upsampling !== 0 ? -1 : at / upsampling;
    }),
  );
}

/** Nothing is read outside. */
export function inside(index: number, size: number): number | undefined {
  return index >= 0 && index < size ? index : undefined;
}

/**
 * How many rows of outputs are gathered at a time, so that at most 2^19 numbers (4 MiB) are; `perRow` is how
 * many numbers one row reads.
 */
export function rowsTogether(perRow: number): number {
  return Math.max(1, Math.floor(2 ** 19 / perRow));
}

/** A part of a convolution's outputs: rows along the last axis, counted through all others. */
export interface Rows {
  readonly first: number;
  readonly count: number;
  /** Outputs in all of them. */
  readonly pixels: number;
}

/** All rows of outputs, some at a time. */
export function rowsOf(g: ConvGeometry, together: number): Rows[] {
  const width = g.outSize.at(-1) ?? 1;
  const rows = product(g.outSize.slice(0, -1));
  return Array.from({ length: Math.ceil(rows / together) }, (_, i) => {
    const first = i * together;
    const count = Math.min(together, rows - first);
    return { first, count, pixels: count * width };
  });
}

/**
 * For each tap and each output of some rows the offset in a channel's image of what is read, as [tap, pixel];
 * -1: nothing is.
 */
export function tapOffsets(
  g: ConvGeometry,
  reads: readonly Reads[],
  { first, count, pixels }: Rows,
): Int32Array {
  const leading = reads.slice(0, -1);
  const columns = reads.at(-1) ?? [[0]];
  const width = g.inSize.at(-1) ?? 1;
  const across = columns[0]?.length ?? 0;
  const leadingTaps = leading.reduce((all, rows) => all * (rows[0]?.length ?? 0), 1);
  const offsets = new Int32Array(leadingTaps * across * pixels);
  let at = 0;
  for (let tap = 0; tap < leadingTaps; tap++) {
    const starts = Array.from({ length: count }, (_, i) => rowStart(g, leading, first + i, tap));
    for (let j = 0; j < across; j++) {
      for (const start of starts) {
        for (const column of columns) {
          const xx = column[j] as number;
          offsets[at++] = start < 0 || xx < 0 ? -1 : start * width + xx;
        }
      }
    }
  }
  return offsets;
}

/** The row of x that a row of outputs reads with one of the taps of all axes but the last; -1: none. */
function rowStart(g: ConvGeometry, leading: readonly Reads[], row: number, tap: number): number {
  let [start, place, scale] = [0, row, 1];
  let taps = tap;
  for (let axis = leading.length - 1; axis >= 0; axis--) {
    const reads = leading[axis] as Reads;
    const size = reads[0]?.length ?? 0;
    const index = reads[place % reads.length]?.[taps % size] as number;
    if (index < 0) return -1;
    start += index * scale;
    scale *= g.inSize[axis] as number;
    place = Math.floor(place / reads.length);
    taps = Math.floor(taps / size);
  }
  return start;
}

/**
 * What each tap of each output reads of some channels of `size` pixels, as [channel and tap, pixel]; zero
 * where it reads none.
 */
export function gathered(
  channels: Float32Array | Float64Array,
  size: number,
  offsets: Int32Array,
): Float64Array {
  const out = new Float64Array((channels.length / size) * offsets.length);
  let at = 0;
  for (let first = 0; first < channels.length; first += size) {
    for (let i = 0; i < offsets.length; i++) {
      const offset = offsets[i] as number;
      if (offset >= 0) out[at] = channels[first + offset] as number;
      at++;
    }
  }
  return out;
}
