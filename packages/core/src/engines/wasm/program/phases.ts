import type { ConvAxis } from "../../engine.js";

/**
 * Every `step`-th output of an axis, from `first` on: those that meet x's pixels, not the zeros between them, with the same taps. On x as it
 * is they are an ordinary convolution with those taps.
 */
export interface Phase {
  readonly first: number;
  readonly step: number;
  readonly count: number;
  /** The taps by their place in the whole kernel; none: these outputs meet zeros alone. */
  readonly taps: readonly number[];
  readonly stride: number;
  readonly dilation: number;
  /** Pixels before x; negative: of x, that no tap meets. */
  readonly before: number;
}

/** A convolution's axis as ordinary convolutions, one for every phase of the upsampled grid: a transposed convolution of stride s is s of them. */
export function phasesOf(axis: ConvAxis, outSize: number): readonly Phase[] {
  const { size, stride, dilation, upsampling, before } = axis;
  const step = upsampling / commonDivisor(upsampling, stride);
  return Array.from({ length: Math.min(step, outSize) }, (_, first) => {
    const placeOf = (tap: number) => first * stride + tap * dilation - before;
    const taps = Array.from({ length: size }, (_, tap) => tap).filter(
      (tap) => placeOf(tap) % upsampling === 0,
    );
    const [one = 0, next = one] = taps;
    return {
      first,
      step,
      count: Math.ceil((outSize - first) / step),
      taps,
      stride: (step * stride) / upsampling,
      dilation: Math.max(1, ((next - one) * dilation) / upsampling),
      before: 0 - placeOf(one) / upsampling,
    };
  });
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

/** What one tap of an axis adds to neighbouring outputs of a phase: output `to + i toStep` takes x's slice `from + i fromStep`. */
export interface Slices {
  readonly tap: number;
  readonly from: number;
  readonly fromStep: number;
  readonly to: number;
  readonly toStep: number;
  readonly count: number;
  /** True: added to what an earlier tap has put there. */
  readonly adds: boolean;
}

/** A phase tap by tap, without what reads outside: first the taps that reach the most outputs, so that few outputs begin with another one. */
export function slicesOf(phase: Phase, inSize: number): readonly Slices[] {
  const { first, step, count, taps, stride, dilation, before } = phase;
  const reach = taps.map((tap, j) => {
    const start = j * dilation - before;
    const from = Math.max(0, Math.ceil(-start / stride));
    return { tap, start, from, end: Math.min(count, Math.floor((inSize - 1 - start) / stride) + 1) };
  });
  reach.sort((a, b) => b.end - b.from - (a.end - a.from));
  const begun = new Array<boolean>(count).fill(false);
  return reach.flatMap(({ tap, start, from, end }) => {
    const found: Slices[] = [];
    for (let at = from; at < end; ) {
      const adds = begun[at] as boolean;
      let next = at;
      while (next < end && begun[next] === adds) begun[next++] = true;
      const places = { from: start + at * stride, fromStep: stride, to: first + at * step, toStep: step };
      found.push({ tap, ...places, count: next - at, adds });
      at = next;
    }
    return found;
  });
}
