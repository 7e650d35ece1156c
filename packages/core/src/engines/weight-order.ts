import { product } from "../tensor/tensor.js";
import type { ConvGeometry } from "./engine.js";

/**
 * A convolution's weight as [out channels, in channels / groups, taps], first tap first, whichever way it is
 * stored.
 */
export function inOutputOrder<Values extends Float32Array | Float64Array>(
  weight: Values,
  g: Pick<ConvGeometry, "transposed" | "inChannels" | "outChannels" | "groups" | "axes">,
): Values {
  if (!g.transposed) return weight;
  const [groupIn, groupOut] = [g.inChannels / g.groups, g.outChannels / g.groups];
  const taps = product(g.axes.map(({ size }) => size));
  const out = weight.slice() as Values;
  let at = 0;
  for (let o = 0; o < g.outChannels; o++) {
    const group = Math.floor(o / groupOut);
    for (let c = 0; c < groupIn; c++) {
      const kernel = (group * groupIn + c) * groupOut + (o % groupOut);
      for (let tap = taps - 1; tap >= 0; tap--) out[at++] = weight[kernel * taps + tap] as number;
    }
  }
  return out;
}
