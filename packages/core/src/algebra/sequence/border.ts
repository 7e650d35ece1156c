import { type ConvAxis, excessOf, spanOf } from "../../ops/conv/conv-axis.js";

/** What the second of two convolutions, which pads with zeros, makes of the border between them. */
export interface Border {
  /** True if it reads padding in place of an output of the first one: a bias would be missed there. */
  readonly isSeen: boolean;
  /** True if the first one, run past its border, would still read the image there: taps would be missed. */
  readonly readsImage: boolean;
}

/**
 * The border on one axis, at every image size. Only places that a tap of the second one meets count, and only
 * taps of the first one that hit a pixel, not a hole.
 */
export function borderOf(a: ConvAxis, b: ConvAxis): Border {
  const places = [...startOf(a, b), ...endOf(a, b)];
  return { isSeen: places.length > 0, readsImage: places.includes(true) };
}

/**
 * For each output of the first one, -1, -2, ..., in whose place the second one reads zeros: whether that
 * output would read the image.
 */
function startOf(a: ConvAxis, b: ConvAxis): boolean[] {
  const outputs = new Set<number>();
  for (let tap = 0; tap < b.size; tap++) {
    for (let at = tap * b.dilation - b.before; at < 0; at += b.stride) {
      if (at % b.upsampling === 0) outputs.add(at / b.upsampling);
    }
  }
  return [...outputs].map((output) =>
    someTap(a, output * a.stride - a.before, (position) => position >= 0 && position % a.upsampling === 0),
  );
}

/**
 * As {@link startOf}, for each output behind the first one's last: + 1, + 2, ... Which places these are
 * depends on how many pixels the strides leave over at the end of the image. That repeats itself as the image
 * grows by the product of both strides, so that many sizes are looked at.
 */
function endOf(a: ConvAxis, b: ConvAxis): boolean[] {
  if (b.after <= 0) return [];
  return Array.from({ length: a.stride * b.stride }, (_, last) => {
    // The first one's windows leave `leftA` pixels over; its last output's number is `lastA`, the second
    // one's windows leave `leftB` over.
    const roomA = a.upsampling * last + 1 + excessOf(a);
    const leftA = remainder(roomA, a.stride);
    const lastA = (roomA - leftA) / a.stride;
    const leftB = remainder(b.upsampling * lastA + 1 + excessOf(b), b.stride);
    const outputs = new Set<number>();
    for (let tap = 0; tap < b.size; tap++) {
      // In pixels behind the first one's last output.
      for (let at = 1 + b.after - spanOf(b) - leftB + tap * b.dilation; at > 0; at -= b.stride) {
        if (at % b.upsampling === 0) outputs.add(at / b.upsampling);
      }
    }
    return [...outputs].map((output) => {
      // In pixels behind the image's last one.
      const first = 1 + a.after - spanOf(a) - leftA + output * a.stride;
      return someTap(a, first, (position) => position <= 0 && position % a.upsampling === 0);
    });
  }).flat();
}

function someTap(axis: ConvAxis, first: number, holds: (position: number) => boolean): boolean {
  for (let tap = 0; tap < axis.size; tap++) {
    if (holds(first + tap * axis.dilation)) return true;
  }
  return false;
}

/** The remainder that is not negative. */
function remainder(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}
