import type { ConvGeometry } from "../engine.js";

/** Convolution as its definition reads, summed in float64 and rounded to float32 once: the oracle for every other engine. */
export function conv2d(
  x: Float32Array,
  weight: Float32Array,
  bias: Float32Array | undefined,
  out: Float32Array,
  g: ConvGeometry,
): void {
  const groupIn = g.inChannels / g.groups;
  const groupOut = g.outChannels / g.groups;
  const kernelArea = g.kernelHeight * g.kernelWidth;
  let at = 0;
  for (let n = 0; n < g.batch; n++) {
    for (let o = 0; o < g.outChannels; o++) {
      const firstChannel = n * g.inChannels + Math.floor(o / groupOut) * groupIn;
      for (let y = 0; y < g.outHeight; y++) {
        for (let xx = 0; xx < g.outWidth; xx++) {
          let sum = 0;
          for (let c = 0; c < groupIn; c++) {
            const image = (firstChannel + c) * g.inHeight * g.inWidth;
            const kernel = (o * groupIn + c) * kernelArea;
            for (let i = 0; i < g.kernelHeight; i++) {
              const row = y * g.strideHeight - g.padTop + i * g.dilationHeight;
              if (row < 0 || row >= g.inHeight) continue;
              for (let j = 0; j < g.kernelWidth; j++) {
                const column = xx * g.strideWidth - g.padLeft + j * g.dilationWidth;
                if (column < 0 || column >= g.inWidth) continue;
                sum +=
                  (weight[kernel + i * g.kernelWidth + j] as number) *
                  (x[image + row * g.inWidth + column] as number);
              }
            }
          }
          out[at++] = sum + (bias?.[o] ?? 0);
        }
      }
    }
  }
}
