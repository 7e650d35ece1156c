import type { ConvAxis } from "../../engine.js";

/**
 * Every `step`-th output of an axis, from `first` on: those that meet x's pixels, not the zeros between them,
 * with the same taps. On x as it is they are an ordinary convolution with those taps.
 */
export interface Phase {
  readonly first: number;
  readonly step: number;
  readonly count: number;
  /** The taps by their place in the whole kernel; none: these outputs meet zeros alone. */
  readonly taps: readonly number[];
  readonly stride: number;
  readonly dilation: number;
  /** Pixels of padding before x; negative: as many of x's first pixels are met by no tap. */
  readonly before: number;
}

/**
 * A convolution's axis as ordinary convolutions, one for every phase of the upsampled grid: a transposed
 * convolution of stride s is s of them.
 */
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

/**
 * What one tap of an axis adds to neighbouring outputs of a phase: output `to + i toStep` takes x's slice
 * `from + i fromStep`.
 */
export interface Slices {
  /** undefined: no tap meets x here, so that the outputs are what sums begin with. */
  readonly tap: number | undefined;
  readonly from: number;
  readonly fromStep: number;
  readonly to: number;
  readonly toStep: number;
  readonly count: number;
  /** True: added to what an earlier tap has put there; false: these sums begin here. */
  readonly adds: boolean;
  /** True: no later tap adds to these outputs; said only where it is asked for. */
  readonly ends: boolean;
}

/**
 * A phase tap by tap, without what reads outside: first the taps that reach the most outputs, so that few
 * outputs begin with another one; last the outputs that no tap reaches.
 * @param relu true: something is done to whole sums, so that outputs that end with another tap are slices of
 *   their own
 */
export function slicesOf(phase: Phase, inSize: number, relu: boolean): readonly Slices[] {
  const { first, step, count, taps, stride, dilation, before } = phase;
  const reach = taps.map((tap, j) => {
    const start = j * dilation - before;
    const from = Math.max(0, Math.ceil(-start / stride));
    // A tap that lies behind x for every output ends before the first.
    const end = Math.max(0, Math.min(count, Math.floor((inSize - 1 - start) / stride) + 1));
    return { tap, start, from, end };
  });
  reach.sort((a, b) => b.end - b.from - (a.end - a.from));
  // How many taps are still to come for each output, and how many it takes at all.
  const taken = Array.from(
    { length: count },
    (_, at) => reach.filter((one) => one.from <= at && at < one.end).length,
  );
  const left = [...taken];
  const found = reach.flatMap(({ tap, start, from, end }) => {
    const kinds = left
      .slice(from, end)
      .map((more, i) => (more === taken[from + i] ? 1 : 0) + (relu && more === 1 ? 2 : 0));
    for (let at = from; at < end; at++) left[at] = (left[at] as number) - 1;
    return runsOf(kinds).map(({ value, start: run, count: neighbours }): Slices => {
      const at = from + run;
      const places = { from: start + at * stride, fromStep: stride, to: first + at * step, toStep: step };
      return { tap, ...places, count: neighbours, adds: value % 2 === 0, ends: value >= 2 };
    });
  });
  const unreached = runsOf(taken.map((taps) => (taps === 0 ? 1 : 0))).filter(({ value }) => value === 1);
  return [
    ...found,
    ...unreached.map(({ start, count: neighbours }): Slices => {
      const places = { from: 0, fromStep: 0, to: first + start * step, toStep: step };
      return { tap: undefined, ...places, count: neighbours, adds: false, ends: true };
    }),
  ];
}

/** Neighbours of equal value. */
function runsOf(
  values: readonly number[],
): { readonly value: number; readonly start: number; readonly count: number }[] {
  const runs: { value: number; start: number; count: number }[] = [];
  for (const [at, value] of values.entries()) {
    const last = runs.at(-1);
    if (last?.value === value) last.count++;
    else runs.push({ value, start: at, count: 1 });
  }
  return runs;
}
