import { gathered, rowsOf, rowsTogether, tapOffsets, windowReads } from "../../engines/gather.js";
import { addProduct } from "../../engines/product.js";
import { inOutputOrder } from "../../engines/weight-order.js";
import type { ConvOp } from "../../graph/op.js";
import { outputShape } from "../../graph/shapes.js";
import { float64 } from "../../graph/weights.js";
import { sources } from "../../ops/pad.js";
import { product } from "../../tensor/tensor.js";
import { type Arithmetic, batched, likeGiven, type Wide, wideZeros } from "./wide.js";

/**
 * Convolution of any rank, also a transposed one, by its definition, as a matrix product: [out, in taps] by
 * [in taps, pixels].
 */
export function evaluateConv(op: ConvOp, given: Wide, { roundedSum, smallest }: Arithmetic): Wide {
  const x = batched(given, op.axes.length);
  const [batch = 1, inChannels = 1, ...inSize] = x.shape;
  const shape = outputShape(op, [x.shape]) as readonly number[];
  const { axes, groups, outChannels, transposed } = op;
  const g = { batch, inChannels, outChannels, groups, axes, inSize, outSize: shape.slice(2), transposed };
  const reads = windowReads(g, sources[op.border]);
  const out = wideZeros(shape);
  const weight = inOutputOrder(float64(op.weight), g);
  const sizes = absolute(weight);
  const bias = op.bias && float64(op.bias);
  const groupOut = outChannels / groups;
  const terms = weight.length / outChannels;
  const [size, area] = [product(inSize), product(g.outSize)];
  const width = g.outSize.at(-1) ?? 1;
  const rounding = roundedSum(terms);
  // A weight below the smallest float32 is lost as a whole.
  const underflow = smallest * (1 + terms * largest(x.values));
  const inexact = largest(x.errors) > 0;
  const magnitudes = new Float64Array(out.values.length);
  for (let i = 0; i < magnitudes.length; i++) {
    const value = bias?.[Math.floor(i / area) % outChannels] ?? 0;
    out.values[i] = value;
    magnitudes[i] = Math.abs(value);
  }
  for (const rows of rowsOf(g, rowsTogether(groups * terms * width))) {
    const { pixels } = rows;
    const offsets = tapOffsets(g, reads, rows);
    for (let n = 0; n < batch; n++) {
      const gather = (source: Float64Array): Float64Array => {
        const image = source.subarray(n * inChannels * size, (n + 1) * inChannels * size);
        return gathered(image, size, offsets);
      };
      const multiply = (factors: Float64Array, read: Float64Array, sums: Float64Array): void => {
        for (let group = 0; group < groups; group++) {
          addProduct(sums, factors, read, {
            ...{ rows: groupOut, columns: pixels, depth: terms },
            ...{ sumAt: (n * outChannels + group * groupOut) * area + rows.first * width, sumStride: area },
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
  return likeGiven(given, out, axes.length);
}

function absolute(values: Float64Array): Float64Array {
  const out = new Float64Array(values.length);
  for (let i = 0; i < out.length; i++) out[i] = Math.abs(values[i] as number);
  return out;
}

/** The largest magnitude. */
export function largest(values: Float64Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i] as number));
  return most;
}
