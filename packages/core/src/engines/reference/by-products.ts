import { product } from "../../tensor/tensor.js";
import type { ConvGeometry, Engine } from "../engine.js";
import { gathered, rowsOf, rowsTogether, tapOffsets, windowReads } from "../gather.js";
import { addProduct } from "../product.js";
import { inOutputOrder } from "../weight-order.js";
import { linear } from "./linear.js";

/**
 * Convolution as matrix products in float64, in the same order of terms as the reference engine's loops: the
 * same bits for finite weights, several times sooner.
 */
function conv(
  x: Float32Array,
  weight: Float32Array,
  bias: Float32Array | undefined,
  out: Float32Array,
  g: ConvGeometry,
): void {
  const reads = windowReads(g);
  const wide = new Float64Array(inOutputOrder(weight, g));
  const groupOut = g.outChannels / g.groups;
  const [size, outArea] = [product(g.inSize), product(g.outSize)];
  const terms = wide.length / g.outChannels;
  const width = g.outSize.at(-1) ?? 1;
  for (const rows of rowsOf(g, rowsTogether(g.groups * terms * width))) {
    const { pixels } = rows;
    const offsets = tapOffsets(g, reads, rows);
    for (let n = 0; n < g.batch; n++) {
      const read = gathered(
        x.subarray(n * g.inChannels * size, (n + 1) * g.inChannels * size),
        size,
        offsets,
      );
      const sums = new Float64Array(g.outChannels * pixels);
      for (let group = 0; group < g.groups; group++) {
        addProduct(sums, wide, read, {
          ...{ rows: groupOut, columns: pixels, depth: terms },
          ...{ sumAt: group * groupOut * pixels, sumStride: pixels },
          ...{ bAt: group * groupOut * terms, bStride: terms, aAt: group * terms * pixels, aStride: pixels },
        });
      }
      for (let o = 0; o < g.outChannels; o++) {
        const shift = bias?.[o] ?? 0;
        const to = (n * g.outChannels + o) * outArea + rows.first * width;
        for (let i = 0; i < pixels; i++) out[to + i] = (sums[o * pixels + i] as number) + shift;
      }
    }
  }
}

/** The reference engine's results, sooner: for whoever needs many of them. */
export const byProducts: Engine = { name: "reference", conv, linear };
