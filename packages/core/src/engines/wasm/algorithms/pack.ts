import type { Conv2dGeometry } from "./as-2d.js";
import { type Channels, isDepthwise } from "./blocked.js";

/** The number of products behind one output. */
export function depth(g: Conv2dGeometry, lanes: number): number {
  const groupIn = g.inChannels / g.groups;
  return Math.ceil(groupIn / lanes) * lanes * g.kernelHeight * g.kernelWidth;
}

/** How many floats `packDirect` writes. */
export function packedLength(g: Conv2dGeometry, lanes: number): number {
  if (isDepthwise(g)) return Math.ceil(g.groups / 8) * 8 * g.kernelHeight * g.kernelWidth;
  return g.groups * Math.ceil(g.outChannels / g.groups / 8) * 8 * depth(g, lanes);
}

/**
 * Weights in the order in which the tiles read them:
 * [group][block of outputs][block of inputs][row][column][input][output], blocks of 8 outputs, or of 16 where
 * `wide` and there are at least 16; inputs and outputs that do not exist have weight 0.
 */
export function packDirect(
  weight: Float32Array,
  g: Conv2dGeometry,
  lanes: number,
  wide: boolean,
  out: Float32Array,
): void {
  if (isDepthwise(g)) {
    packDepthwise(weight, g, out);
    return;
  }
  const groupIn = g.inChannels / g.groups;
  const groupOut = g.outChannels / g.groups;
  const inBlocks = Math.ceil(groupIn / lanes);
  const outBlocks = Math.ceil(groupOut / 8);
  const area = g.kernelHeight * g.kernelWidth;
  let at = 0;
  for (let group = 0; group < g.groups; group++) {
    for (let block = 0; block < outBlocks; ) {
      const width = wide && block + 1 < outBlocks ? 16 : 8;
      for (let inBlock = 0; inBlock < inBlocks; inBlock++) {
        for (let tap = 0; tap < area; tap++) {
          for (let lane = 0; lane < lanes; lane++) {
            const c = inBlock * lanes + lane;
            for (let o = 0; o < width; o++) {
              const channel = block * 8 + o;
              const exists = c < groupIn && channel < groupOut;
              out[at++] = exists
                ? (weight[((group * groupOut + channel) * groupIn + c) * area + tap] as number)
                : 0;
            }
          }
        }
      }
      block += width / 8;
    }
  }
}

/** Depthwise weights as [block][row][column][lane]. */
function packDepthwise(weight: Float32Array, g: Conv2dGeometry, out: Float32Array): void {
  const area = g.kernelHeight * g.kernelWidth;
  let at = 0;
  for (let block = 0; block * 8 < g.groups; block++) {
    for (let tap = 0; tap < area; tap++) {
      for (let lane = 0; lane < 8; lane++) {
        const channel = block * 8 + lane;
        out[at++] = channel < g.groups ? (weight[channel * area + tap] as number) : 0;
      }
    }
  }
}

/** How many bytes `packBias` writes. */
export function biasBytes(g: Channels): number {
  const groups = isDepthwise(g) ? 1 : g.groups;
  return groups * Math.ceil(g.outChannels / groups / 8) * 32;
}

/** Writes a bias as [group][block of 8] at `at`; zeros where there is none. */
export function packBias(
  bias: ArrayLike<number> | undefined,
  g: Channels,
  out: Float32Array,
  at: number,
): void {
  const groups = isDepthwise(g) ? 1 : g.groups;
  const groupOut = g.outChannels / groups;
  const padded = Math.ceil(groupOut / 8) * 8;
  out.fill(0, at, at + groups * padded);
  if (bias === undefined) return;
  for (let group = 0; group < groups; group++) {
    for (let o = 0; o < groupOut; o++) {
      out[at + group * padded + o] = bias[group * groupOut + o] as number;
    }
  }
}
