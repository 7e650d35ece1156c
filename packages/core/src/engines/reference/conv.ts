import { product } from "../../tensor/tensor.js";
import type { ConvGeometry } from "../engine.js";
import { rowsOf, rowsTogether, tapOffsets, windowReads } from "../gather.js";
import { inOutputOrder } from "../weight-order.js";

/**
 * Convolution of any rank as its definition reads, summed in float64 and rounded to float32 once: the oracle
 * for every other engine.
 */
export function conv(
  x: Float32Array,
  weight: Float32Array,
  bias: Float32Array | undefined,
  out: Float32Array,
  g: ConvGeometry,
): void {
  const groupIn = g.inChannels / g.groups;
  const groupOut = g.outChannels / g.groups;
  const [inArea, outArea] = [product(g.inSize), product(g.outSize)];
  const taps = product(g.axes.map(({ size }) => size));
  const reads = windowReads(g);
  const weights = inOutputOrder(weight, g);
  for (const rows of rowsOf(g, rowsTogether(taps * (g.outSize.at(-1) ?? 1)))) {
    const { pixels } = rows;
    const offsets = tapOffsets(g, reads, rows);
    const start = rows.first * (g.outSize.at(-1) ?? 1);
    for (let n = 0; n < g.batch; n++) {
      for (let o = 0; o < g.outChannels; o++) {
        const firstChannel = n * g.inChannels + Math.floor(o / groupOut) * groupIn;
        const sums = new Float64Array(pixels);
        for (let c = 0; c < groupIn; c++) {
          const image = (firstChannel + c) * inArea;
          const kernel = (o * groupIn + c) * taps;
          for (let tap = 0; tap < taps; tap++) {
            const factor = weights[kernel + tap] as number;
            for (let i = 0; i < pixels; i++) {
              const offset = offsets[tap * pixels + i] as number;
              if (offset >= 0) sums[i] = (sums[i] as number) + factor * (x[image + offset] as number);
            }
          }
        }
        const to = (n * g.outChannels + o) * outArea + start;
        for (let i = 0; i < pixels; i++) out[to + i] = (sums[i] as number) + (bias?.[o] ?? 0);
      }
    }
  }
}
