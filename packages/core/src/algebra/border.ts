import { type ConvAxis, spanOf } from "../ops/conv-axis.js";

/**
 * Whether the first of two convolutions reads the image where the second one's zero padding stands for its output: at outputs -1, -2, ...
 * Only those that a tap of the second one meets count, and only taps of the first one that hit a pixel, not a hole.
 */
export function readsPastStart(a: ConvAxis, b: ConvAxis): boolean {
  return outputsPastStart(b).some((output) => {
    for (let tap = 0; tap < a.size; tap++) {
      const position = output * a.stride + tap * a.dilation - a.before;
      if (position >= 0 && position % a.upsampling === 0) return true;
    }
    return false;
  });
}

/** The outputs of the first one, all negative, in whose place the second one reads zeros. */
function outputsPastStart(b: ConvAxis): number[] {
  const outputs = new Set<number>();
  for (let tap = 0; tap < b.size; tap++) {
    for (let at = tap * b.dilation - b.before; at < 0; at += b.stride) {
      if (at % b.upsampling === 0) outputs.add(at / b.upsampling);
    }
  }
  return [...outputs];
}

/**
 * The same behind the last output. There the places depend on what the strides leave over, which takes every value as the image grows:
 * the first one's last window ends 0 to stride - 1 pixels before the end of what it reads.
 */
export function readsPastEnd(a: ConvAxis, b: ConvAxis): boolean {
  for (let output = 1; output * b.upsampling <= b.after; output++) {
    for (let left = 0; left < a.stride; left++) {
      for (let tap = 0; tap < a.size; tap++) {
        // From the image's last pixel on; a multiple of the upsampling is a pixel, not a hole.
        const position = output * a.stride + tap * a.dilation + a.after + 1 - spanOf(a) - left;
        if (position <= 0 && position % a.upsampling === 0) return true;
      }
    }
  }
  return false;
}
