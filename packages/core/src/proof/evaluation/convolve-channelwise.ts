import { tapOffsets, windowReads } from "../../engines/gather.js";
import { inOutputOrder } from "../../engines/weight-order.js";
import type { ConvOp } from "../../graph/op.js";
import { outputShape } from "../../graph/shapes.js";
import { float64, partsReader } from "../../graph/weights.js";
import { sources } from "../../ops/pad.js";
import { product } from "../../tensor/tensor.js";
import { areaOf, type Channelwise, gamma64, peaksOf, type Rounding } from "./channelwise.js";

/** Weights that are looked at together: few enough that a cache holds them beside what they meet. */
const together = 2 ** 15;

/**
 * A convolution by its definition: each output the sum over channels and taps of weight times what the tap
 * meets, in float64.
 * @throws {ShapeError} if it does not accept x
 */
export function convolveChannelwise(op: ConvOp, x: Channelwise, rounding: Rounding): Channelwise {
  const { inChannels, outChannels, groups, axes, transposed } = op;
  const [, , ...outSize] = outputShape(op, [[1, ...x.shape]]) as readonly number[];
  const g = {
    batch: 1,
    inChannels,
    outChannels,
    groups,
    axes,
    inSize: x.shape.slice(1),
    outSize,
    transposed,
  };
  const [taps, pixels] = [product(axes.map(({ size }) => size)), product(outSize)];
  const rows = { first: 0, count: pixels / (outSize.at(-1) ?? 1), pixels };
  const offsets = tapOffsets(g, windowReads(g, sources[op.border]), rows);
  const [groupIn, groupOut] = [inChannels / groups, outChannels / groups];
  const depth = groupIn * taps;
  const values = new Float64Array(outChannels * pixels);
  const errors = new Float64Array(outChannels);
  const columns = new Float64Array(pixels * depth);
  const bias = op.bias && float64(op.bias);
  // Turned around, weights are needed as a whole.
  const turned = transposed ? inOutputOrder(float64(op.weight), op) : undefined;
  const read = turned === undefined ? partsReader(op.weight) : turned.subarray.bind(turned);
  const peaks = perTap(peaksOf(x), taps);
  const carried = perTap(x.errors, taps);
  for (const { first, end } of rowsTogether(outChannels, groupOut, depth)) {
    const weights = read(first * depth, end * depth);
    for (let row = first; row < end; ) {
      const group = Math.floor(row / groupOut);
      const last = Math.min(end, (group + 1) * groupOut);
      if (row % groupOut === 0) gather(x, group * groupIn, groupIn, offsets, pixels, columns);
      const at = (row - first) * depth;
      addProducts(values, row * pixels, weights, at, columns, { rows: last - row, pixels, depth });
      const met = { peaks: part(peaks, group, depth), errors: part(carried, group, depth) };
      for (; row < last; row++)
        errors[row] = errorOf(weights, (row - first) * depth, met, rounding, bias?.[row] ?? 0);
    }
  }
  if (bias !== undefined)
    for (let i = 0; i < values.length; i++)
      values[i] = (values[i] as number) + (bias[Math.floor(i / pixels)] as number);
  return { shape: [outChannels, ...outSize], values, errors };
}

/**
 * What the taps of each pixel meet, in the order of the weights: [pixels, channels, taps], of offsets
 * [taps, pixels].
 */
function gather(
  x: Channelwise,
  firstChannel: number,
  channels: number,
  offsets: Int32Array,
  pixels: number,
  columns: Float64Array,
): void {
  const area = areaOf(x);
  let at = 0;
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let channel = firstChannel; channel < firstChannel + channels; channel++) {
      for (let tap = pixel; tap < offsets.length; tap += pixels) {
        const from = offsets[tap] as number;
        columns[at++] = from < 0 ? 0 : (x.values[channel * area + from] as number);
      }
    }
  }
}

/**
 * Output channels whose weights are looked at together: several groups, or a part of one, a multiple of four
 * (as many share what they read).
 */
function* rowsTogether(
  outChannels: number,
  groupOut: number,
  depth: number,
): Generator<{ readonly first: number; readonly end: number }> {
  const fitting = Math.max(4, Math.floor(together / Math.max(depth, 1)));
  const step = fitting < groupOut ? fitting - (fitting % 4) : fitting - (fitting % groupOut);
  for (let start = 0; start < outChannels; ) {
    // No part reaches from inside of one group into the next.
    const limit = step < groupOut ? (Math.floor(start / groupOut) + 1) * groupOut : outChannels;
    const end = Math.min(start + step, limit);
    yield { first: start, end };
    start = end;
  }
}

/** Rows times columns, four rows and two columns at a time: they share what is read. */
function addProducts(
  values: Float64Array,
  valuesAt: number,
  weights: Float64Array,
  weightsAt: number,
  columns: Float64Array,
  { rows, pixels, depth }: { readonly rows: number; readonly pixels: number; readonly depth: number },
): void {
  let row = 0;
  for (; row + 4 <= rows; row += 4) {
    const a = weightsAt + row * depth;
    const [b, c, d] = [a + depth, a + 2 * depth, a + 3 * depth];
    for (let pixel = 0; pixel < pixels; pixel += 2) {
      const x = pixel * depth;
      // The last one of an odd number is computed twice.
      const y = pixel + 1 < pixels ? x + depth : x;
      let [ax, bx, cx, dx] = [0, 0, 0, 0];
      let [ay, by, cy, dy] = [0, 0, 0, 0];
      for (let k = 0; k < depth; k++) {
        const left = columns[x + k] as number;
        const right = columns[y + k] as number;
        const first = weights[a + k] as number;
        const second = weights[b + k] as number;
        const third = weights[c + k] as number;
        const fourth = weights[d + k] as number;
        ax += first * left;
        ay += first * right;
        bx += second * left;
        by += second * right;
        cx += third * left;
        cy += third * right;
        dx += fourth * left;
        dy += fourth * right;
      }
      const to = valuesAt + row * pixels + pixel;
      values[to] = ax;
      values[to + pixels] = bx;
      values[to + 2 * pixels] = cx;
      values[to + 3 * pixels] = dx;
      if (y === x) continue;
      values[to + 1] = ay;
      values[to + pixels + 1] = by;
      values[to + 2 * pixels + 1] = cy;
      values[to + 3 * pixels + 1] = dy;
    }
  }
  for (; row < rows; row++) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      let sum = 0;
      for (let k = 0; k < depth; k++) {
        sum += (weights[weightsAt + row * depth + k] as number) * (columns[pixel * depth + k] as number);
      }
      values[valuesAt + row * pixels + pixel] = sum;
    }
  }
}

/** A number a channel as one a weight of a row; empty where all are zero. */
function perTap(values: Float64Array, taps: number): Float64Array {
  if (values.every((value) => value === 0)) return nothing;
  return Float64Array.from(
    { length: values.length * taps },
    (_, i) => values[Math.floor(i / taps)] as number,
  );
}

const nothing = new Float64Array(0);

function part(values: Float64Array, group: number, depth: number): Float64Array {
  return values.subarray(group * depth, (group + 1) * depth);
}

/** How far any place of an output channel may be off. */
function errorOf(
  weights: Float64Array,
  at: number,
  { peaks, errors }: { readonly peaks: Float64Array; readonly errors: Float64Array },
  { unit, subnormal }: Rounding,
  bias: number,
): number {
  let magnitude = Math.abs(bias);
  let carried = 0;
  let reach = 1;
  for (let k = 0; k < peaks.length; k++) {
    const peak = peaks[k] as number;
    magnitude += Math.abs(weights[at + k] as number) * peak;
    reach += peak;
  }
  for (let k = 0; k < errors.length; k++)
    carried += Math.abs(weights[at + k] as number) * (errors[k] as number);
  return carried + subnormal * reach + (unit + gamma64(peaks.length)) * (magnitude + carried);
}
