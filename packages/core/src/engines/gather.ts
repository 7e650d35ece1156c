import type { ConvGeometry } from "./engine.js";

/** Which pixel each tap of each output reads, on one axis; -1: none, it reads a zero. */
export type Reads = readonly (readonly number[])[];

/** Where an index of an axis reads; undefined: nowhere. */
export type Source = (index: number, size: number) => number | undefined;

/** What the windows of a convolution read, by rows and by columns. `source` says what lies outside; by default nothing does. */
export function windowReads(
  g: ConvGeometry,
  source: Source = inside,
): readonly [rows: Reads, columns: Reads] {
  const axis = (
    outputs: number,
    taps: number,
    stride: number,
    dilation: number,
    first: number,
    size: number,
  ) =>
    Array.from({ length: outputs }, (_, y) =>
      Array.from({ length: taps }, (_, i) => source(first + y * stride + i * dilation, size) ?? -1),
    );
  return [
    axis(g.outHeight, g.kernelHeight, g.strideHeight, g.dilationHeight, -g.padTop, g.inHeight),
    axis(g.outWidth, g.kernelWidth, g.strideWidth, g.dilationWidth, -g.padLeft, g.inWidth),
  ];
}

/** Nothing is read outside. */
export function inside(index: number, size: number): number | undefined {
  return index >= 0 && index < size ? index : undefined;
}

/** How many rows of outputs are gathered together, each of so many numbers: few enough that what they read stays small. */
export function rowsTogether(perRow: number): number {
  return Math.max(1, Math.floor(2 ** 19 / perRow));
}

/** What each tap of each output reads of some channels, as [channel and tap, pixel]; zero where it reads none. */
export function gathered(
  channels: Float32Array | Float64Array,
  width: number,
  size: number,
  rows: Reads,
  columns: Reads,
): Float64Array {
  const [height, across] = [rows[0]?.length ?? 0, columns[0]?.length ?? 0];
  const out = new Float64Array((channels.length / size) * height * across * rows.length * columns.length);
  let at = 0;
  for (let first = 0; first < channels.length; first += size) {
    for (let tap = 0; tap < height * across; tap++) {
      const [i, j] = [Math.floor(tap / across), tap % across];
      for (const row of rows) {
        const y = row[i] as number;
        for (const column of columns) {
          const xx = column[j] as number;
          if (y >= 0 && xx >= 0) out[at] = channels[first + y * width + xx] as number;
          at++;
        }
      }
    }
  }
  return out;
}
