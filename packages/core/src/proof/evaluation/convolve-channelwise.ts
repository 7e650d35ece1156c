import { ShapeError } from "../../errors.js";
import { type ConvOp, partsReader, type Weights } from "../../graph/op.js";
import { type ConvAxis, outSizeOf } from "../../ops/conv/conv-axis.js";
import { areaOf, type Channelwise, gamma64, peaksOf, type Rounding } from "./channelwise.js";

/** So many weights are looked at together: a cache holds them beside what they meet. */
const together = 2 ** 15;

type Form = Pick<ConvOp, "inChannels" | "outChannels" | "groups" | "axes" | "transposed">;

/**
 * A convolution by its definition: each output the sum over channels and taps of weight times what the tap meets, in float64.
 * @param weight [out, in / groups, ...sizes]; where `transposed`: [in, out / groups, ...sizes], taps unflipped
 */
export function convolveChannelwise(
  form: Form,
  weight: Weights,
  bias: Float64Array | undefined,
  x: Channelwise,
  rounding: Rounding,
): Channelwise {
  const { inChannels, outChannels, groups, axes, transposed } = form;
  const [channels, ...sizes] = x.shape;
  if (channels !== inChannels || sizes.length !== axes.length) {
    throw new ShapeError("proveGraphs", "a convolution must fit what it reads", {
      inChannels,
      axes: axes.length,
      shape: [...x.shape],
    });
  }
  const outSizes = axes.map((axis, i) => outSizeOf(axis, sizes[i] as number));
  const table = reads(axes, sizes, outSizes);
  const taps = axes.reduce((product, { size }) => product * size, 1);
  const pixels = outSizes.reduce((product, size) => product * size, 1);
  const [groupIn, groupOut] = [inChannels / groups, outChannels / groups];
  const depth = groupIn * taps;
  const values = new Float64Array(outChannels * pixels);
  const errors = new Float64Array(outChannels);
  const columns = new Float64Array(pixels * depth);
  const stored = partsReader(weight);
  const read = transposed ? turned(stored(0, inChannels * groupOut * taps), form, taps) : stored;
  const peaks = perTap(peaksOf(x), taps);
  const carried = perTap(x.errors, taps);
  for (const { first, end } of rowsTogether(outChannels, groupOut, depth)) {
    const weights = read(first * depth, end * depth);
    for (let row = first; row < end; ) {
      const group = Math.floor(row / groupOut);
      const last = Math.min(end, (group + 1) * groupOut);
      if (row % groupOut === 0) gather(x, group * groupIn, groupIn, table, taps, columns);
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
  return { shape: [outChannels, ...outSizes], values, errors };
}

/**
 * For each output place and each tap the place in the input that the tap meets; -1: a zero, in the padding or between upsampled pixels.
 * @returns [places, taps]
 */
export function reads(
  axes: readonly ConvAxis[],
  sizes: readonly number[],
  outSizes: readonly number[],
): Int32Array {
  if (outSizes.some((size) => size < 1))
    throw new ShapeError("proveGraphs", "no window fits", { sizes: [...sizes] });
  let table = Int32Array.of(0);
  // Axis by axis, the last one fastest: [places so far, taps so far] grow by [out, size].
  for (const [i, axis] of axes.entries()) {
    const [size, outSize] = [sizes[i] as number, outSizes[i] as number];
    const before = {
      places: product(outSizes.slice(0, i)),
      taps: product(axes.slice(0, i).map((one) => one.size)),
    };
    const grown = new Int32Array(table.length * outSize * axis.size);
    for (let place = 0; place < before.places; place++) {
      for (let y = 0; y < outSize; y++) {
        for (let tap = 0; tap < before.taps; tap++) {
          const outer = table[place * before.taps + tap] as number;
          for (let k = 0; k < axis.size; k++) {
            const at = y * axis.stride + k * axis.dilation - axis.before;
            const inside = at >= 0 && at % axis.upsampling === 0 && at / axis.upsampling < size && outer >= 0;
            const to = ((place * outSize + y) * before.taps + tap) * axis.size + k;
            grown[to] = inside ? outer * size + at / axis.upsampling : -1;
          }
        }
      }
    }
    table = grown;
  }
  return table;
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((out, size) => out * size, 1);
}

/** What the taps of each place meet, in the order of the weights: [places, channels, taps]. */
function gather(
  x: Channelwise,
  firstChannel: number,
  channels: number,
  table: Int32Array,
  taps: number,
  columns: Float64Array,
): void {
  const area = areaOf(x);
  let at = 0;
  for (let place = 0; place < table.length; place += taps) {
    for (let channel = firstChannel; channel < firstChannel + channels; channel++) {
      for (let tap = 0; tap < taps; tap++) {
        const from = table[place + tap] as number;
        columns[at++] = from < 0 ? 0 : (x.values[channel * area + from] as number);
      }
    }
  }
}

/** Output channels whose weights are looked at together: several groups, or a part of one, a multiple of four (as many share what they read). */
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

/** The weights of a transposed convolution as a correlation's: [out, in / groups, taps backwards]. */
function turned(stored: Float64Array, form: Form, taps: number): ReturnType<typeof partsReader> {
  const [groupIn, groupOut] = [form.inChannels / form.groups, form.outChannels / form.groups];
  const rows = new Float64Array(stored.length);
  for (let out = 0; out < form.outChannels; out++) {
    const group = Math.floor(out / groupOut);
    for (let c = 0; c < groupIn; c++) {
      const from = ((group * groupIn + c) * groupOut + (out % groupOut)) * taps;
      const to = (out * groupIn + c) * taps;
      for (let tap = 0; tap < taps; tap++) rows[to + tap] = stored[from + taps - 1 - tap] as number;
    }
  }
  return (start, end) => rows.subarray(start, end);
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
