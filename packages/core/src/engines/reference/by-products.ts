import type { ConvGeometry, Engine } from "../engine.js";
import { gathered, rowsTogether, windowReads } from "../gather.js";
import { addProduct } from "../product.js";
import { linear } from "./linear.js";

/**
 * Convolution as matrix products in float64, in the same order of terms as the reference engine's loops: the same bits for finite
 * weights, several times sooner.
 */
function conv2d(
  x: Float32Array,
  weight: Float32Array,
  bias: Float32Array | undefined,
  out: Float32Array,
  g: ConvGeometry,
): void {
  const [rows, columns] = windowReads(g);
  const wide = new Float64Array(weight);
  const groupOut = g.outChannels / g.groups;
  const size = g.inHeight * g.inWidth;
  const terms = (g.inChannels / g.groups) * g.kernelHeight * g.kernelWidth;
  const together = rowsTogether(g.groups * terms * g.outWidth);
  for (let row = 0; row < g.outHeight; row += together) {
    const some = rows.slice(row, row + together);
    const pixels = some.length * g.outWidth;
    for (let n = 0; n < g.batch; n++) {
      const image = x.subarray(n * g.inChannels * size, (n + 1) * g.inChannels * size);
      const read = gathered(image, g.inWidth, size, some, columns);
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
        const to = ((n * g.outChannels + o) * g.outHeight + row) * g.outWidth;
        for (let i = 0; i < pixels; i++) out[to + i] = (sums[o * pixels + i] as number) + shift;
      }
    }
  }
}

/** The reference engine's results, sooner: for whoever needs many of them. */
export const byProducts: Engine = { name: "reference", conv2d, linear };
