import { gathered, rowsOf, rowsTogether, tapOffsets, windowReads } from "../engines/gather.js";
import { addProduct } from "../engines/product.js";
import { ShapeError } from "../errors.js";
import type { Conv2d } from "../nn/layers/conv2d.js";
import type { Linear } from "../nn/layers/linear.js";
import type { Pad2d } from "../nn/layers/pad2d.js";
import type { PoolSettings } from "../ops/avg-pool2d.js";
import { outSizeOf, plainAxis } from "../ops/conv-axis.js";
import { convGeometry } from "../ops/conv-geometry.js";
import { sources } from "../ops/pad.js";
import { rowMajorData } from "../tensor/layout.js";
import { product } from "../tensor/tensor.js";
import { asBatch, gamma, likeBatch, roundedSum, smallest, type Wide, wideZeros } from "./wide.js";

/** Convolution by its definition, as a matrix product: [out, in taps] by [in taps, pixels]. */
export function evaluateConv2d(conv: Conv2d, x: Wide): Wide {
  const g = convGeometry("evaluate", asBatch(x), conv.weight.shape, conv.options);
  const reads = windowReads(g, sources[conv.settings.paddingMode]);
  const out = wideZeros([g.batch, g.outChannels, ...g.outSize]);
  const weight = new Float64Array(rowMajorData(conv.weight));
  const sizes = absolute(weight);
  const groupOut = g.outChannels / g.groups;
  const terms = weight.length / g.outChannels;
  const [size, area] = [product(g.inSize), product(g.outSize)];
  const width = g.outSize.at(-1) ?? 1;
  const rounding = roundedSum(terms);
  // A weight below the smallest float32 is lost as a whole.
  const underflow = smallest * (1 + terms * largest(x.values));
  const inexact = largest(x.errors) > 0;
  const magnitudes = new Float64Array(out.values.length);
  for (let i = 0; i < magnitudes.length; i++) {
    const bias = conv.bias?.get(Math.floor(i / area) % g.outChannels) ?? 0;
    out.values[i] = bias;
    magnitudes[i] = Math.abs(bias);
  }
  for (const rows of rowsOf(g, rowsTogether(g.groups * terms * width))) {
    const { pixels } = rows;
    const offsets = tapOffsets(g, reads, rows);
    for (let n = 0; n < g.batch; n++) {
      const gather = (source: Float64Array): Float64Array => {
        const image = source.subarray(n * g.inChannels * size, (n + 1) * g.inChannels * size);
        return gathered(image, size, offsets);
      };
      const multiply = (factors: Float64Array, read: Float64Array, sums: Float64Array): void => {
        for (let group = 0; group < g.groups; group++) {
          addProduct(sums, factors, read, {
            ...{ rows: groupOut, columns: pixels, depth: terms },
            ...{ sumAt: (n * g.outChannels + group * groupOut) * area + rows.first * width, sumStride: area },
            ...{
              bAt: group * groupOut * terms,
              bStride: terms,
              aAt: group * terms * pixels,
              aStride: pixels,
            },
          });
        }
      };
      const values = gather(x.values);
      multiply(weight, values, out.values);
      multiply(sizes, absolute(values), magnitudes);
      if (inexact) multiply(sizes, gather(x.errors), out.errors);
    }
  }
  for (let i = 0; i < magnitudes.length; i++) {
    const error = out.errors[i] as number;
    out.errors[i] = error + rounding * ((magnitudes[i] as number) + error) + underflow;
  }
  return likeBatch(x, out);
}

function absolute(values: Float64Array): Float64Array {
  const out = new Float64Array(values.length);
  for (let i = 0; i < out.length; i++) out[i] = Math.abs(values[i] as number);
  return out;
}

function largest(values: Float64Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i] as number));
  return most;
}

/** A matrix product on the last axis. */
export function evaluateLinear(layer: Linear, x: Wide): Wide {
  const { inFeatures, outFeatures } = layer;
  if (x.shape.at(-1) !== inFeatures) {
    throw new ShapeError("evaluate", `the last axis of x must hold ${inFeatures} features`, {
      "x.shape": [...x.shape],
    });
  }
  const weight = rowMajorData(layer.weight);
  const out = wideZeros([...x.shape.slice(0, -1), outFeatures]);
  const reach = largest(x.values);
  const rounding = roundedSum(inFeatures);
  for (let at = 0; at < out.values.length; at++) {
    const row = Math.floor(at / outFeatures);
    const o = at % outFeatures;
    const bias = layer.bias?.get(o) ?? 0;
    let value = bias;
    let error = 0;
    let magnitude = Math.abs(bias);
    for (let i = 0; i < inFeatures; i++) {
      const factor = weight[o * inFeatures + i] as number;
      const input = x.values[row * inFeatures + i] as number;
      const inputError = x.errors[row * inFeatures + i] as number;
      value += factor * input;
      error += Math.abs(factor) * inputError;
      magnitude += Math.abs(factor) * (Math.abs(input) + inputError);
    }
    out.values[at] = value;
    out.errors[at] = error + rounding * magnitude + smallest * (1 + inFeatures * reach);
  }
  return out;
}

/** (x + before) factor + after, per channel on an axis. */
export function evaluateAffine(
  x: Wide,
  channels: number,
  axis: number,
  affine: (channel: number) => { readonly before: number; readonly factor: number; readonly after: number },
  everyChannel = false,
): Wide {
  if (!everyChannel && x.shape[axis] !== channels) {
    throw new ShapeError("evaluate", `axis ${axis} of x must hold ${channels} channels`, {
      "x.shape": [...x.shape],
    });
  }
  const of = Array.from({ length: channels }, (_, channel) => affine(channel));
  const area = product(x.shape.slice(axis + 1));
  const out = wideZeros(x.shape);
  for (let i = 0; i < out.values.length; i++) {
    const channel = Math.floor(i / area) % channels;
    const { before, factor, after } = of[channel] as (typeof of)[number];
    const value = x.values[i] as number;
    const error = x.errors[i] as number;
    const scale = Math.abs(factor);
    out.values[i] = (value + before) * factor + after;
    const magnitude = scale * (Math.abs(value) + error + Math.abs(before)) + Math.abs(after);
    const rounded = gamma(1) * (Math.abs(out.values[i] as number) + scale * error);
    out.errors[i] = scale * error + rounded + 2 ** -50 * magnitude + smallest;
  }
  return out;
}

/** Average pooling, windows cut at the border as PyTorch cuts them. */
export function evaluatePool(pool: PoolSettings, x: Wide): Wide {
  const { kernel, stride, padding, ceilMode, countIncludePad, divisorOverride } = pool;
  const [batch, channels, height, width] = asBatch(x);
  const windows = ([height, width] as const).map((size, axis) => {
    const [k, s, p] = [kernel[axis] as number, stride[axis] as number, padding[axis] as number];
    const whole = outSizeOf(plainAxis(k, { stride: s, before: p, after: p }), size);
    const hangs = ceilMode && (size + 2 * p - k) % s !== 0 && whole * s < size + p;
    return Array.from({ length: hangs ? whole + 1 : whole }, (_, i) => {
      const start = i * s - p;
      const stop = Math.min(start + k, size + p);
      return { first: Math.max(start, 0), end: Math.min(stop, size), padded: stop - start };
    });
  });
  const [rows, columns] = windows as [(typeof windows)[number], (typeof windows)[number]];
  const out = wideZeros([batch, channels, rows.length, columns.length]);
  const rounding = roundedSum(kernel[0] * kernel[1]);
  let at = 0;
  for (let plane = 0; plane < batch * channels; plane++) {
    for (const row of rows) {
      for (const column of columns) {
        let [value, error, magnitude] = [0, 0, 0];
        for (let y = row.first; y < row.end; y++) {
          for (let xx = column.first; xx < column.end; xx++) {
            const index = (plane * height + y) * width + xx;
            value += x.values[index] as number;
            error += x.errors[index] as number;
            magnitude += Math.abs(x.values[index] as number) + (x.errors[index] as number);
          }
        }
        const inside = (row.end - row.first) * (column.end - column.first);
        const divisor = divisorOverride ?? (countIncludePad ? row.padded * column.padded : inside);
        out.values[at] = value / divisor;
        out.errors[at++] = (error + rounding * magnitude) / Math.abs(divisor) + smallest;
      }
    }
  }
  return likeBatch(x, out);
}

/** Padding of the last two axes. */
export function evaluatePad(layer: Pad2d, x: Wide): Wide {
  const [left, right, top, bottom] = layer.padding;
  const [batch, channels, height, width] = asBatch(x);
  const source = sources[layer.mode];
  const axis = (outputs: number, before: number, size: number): number[] =>
    Array.from({ length: outputs }, (_, y) => source(y - before, size) ?? -1);
  const rows = axis(height + top + bottom, top, height);
  const columns = axis(width + left + right, left, width);
  const out = wideZeros([batch, channels, rows.length, columns.length]);
  let at = 0;
  for (let plane = 0; plane < batch * channels; plane++) {
    for (const row of rows) {
      for (const column of columns) {
        const index = row < 0 || column < 0 ? -1 : (plane * height + row) * width + column;
        out.values[at] = index < 0 ? layer.value : (x.values[index] as number);
        out.errors[at++] = index < 0 ? 0 : (x.errors[index] as number);
      }
    }
  }
  return likeBatch(x, out);
}
