import { checkOptions, type OptionNames } from "../checks.js";
import { ArgumentError } from "../errors.js";
import { Mt19937 } from "../random/mt19937.js";
import { type MedianInterval, median, medianInterval } from "./bootstrap.js";

/** The options of {@link compareTimes} and {@link compareTimesAsync}. */
export interface CompareTimesOptions {
  /** How many pairs are timed. Default 30. */
  readonly pairs?: number;
  /**
   * A sample repeats its call until it lasts at least this long, so that the clock's steps do not count.
   * Milliseconds, default 2.
   */
  readonly sampleTime?: number;
  /**
   * Warming up ends when rounds get no faster, after a fifth of this time at the earliest and after all of it
   * at the latest. Milliseconds for each side, default 500.
   */
  readonly warmupTime?: number;
  /** Of the order within the pairs and of the bootstrap. Default 0. */
  readonly seed?: number;
}

const compareTimesOptionNames: OptionNames<CompareTimesOptions> = {
  pairs: true,
  sampleTime: true,
  warmupTime: true,
  seed: true,
};

/** The times of one pair, in milliseconds a call. */
export interface TimedPair {
  /** Of the first alternative. */
  readonly a: number;
  /** Of the second one. */
  readonly b: number;
}

/** What {@link compareTimes} and {@link compareTimesAsync} found. */
export interface TimeComparison {
  /** Every pair, in the order in which it was timed. */
  readonly pairs: readonly TimedPair[];
  /** Milliseconds a call. */
  readonly medianA: number;
  /** Milliseconds a call. */
  readonly medianB: number;
  /** The median of a / b over the pairs: above 1, b is faster. 95 % interval. */
  readonly ratio: MedianInterval;
  /** The same for a against itself: how far from 1 noise alone goes. */
  readonly control: MedianInterval;
  /** How many calls a sample of a and of b repeats. */
  readonly callsPerSample: TimedPair;
}

/** What the plan asks for next: how long `calls` calls of one side take, in milliseconds a call. */
export interface TimingStep {
  readonly side: "a" | "b";
  readonly calls: number;
}

/**
 * The order in which two sides are timed: both warmed up, then pairs in random order with a second sample of
 * a. It times nothing itself: it yields what is to be timed, and is given how long that took.
 */
export function* timingPlan(
  op: string,
  alternatives: { readonly a: unknown; readonly b: unknown },
  options: CompareTimesOptions,
): Generator<TimingStep, TimeComparison, number> {
  checkOptions(op, options, compareTimesOptionNames);
  const { a, b } = alternatives;
  const { pairs = 30, sampleTime = 2, warmupTime = 500, seed = 0 } = options;
  for (const [name, value] of Object.entries({ a, b })) {
    if (typeof value !== "function")
      throw new ArgumentError(op, `${name} must be a function`, { [name]: value });
  }
  if (!Number.isSafeInteger(pairs) || pairs < 1) {
    throw new ArgumentError(op, "pairs must be a whole number, 1 or more", { pairs });
  }
  for (const [name, value] of Object.entries({ sampleTime, warmupTime })) {
    if (!Number.isFinite(value) || value < 0) {
      throw new ArgumentError(op, `${name} must be milliseconds, 0 or more`, { [name]: value });
    }
  }
  const callsPerSample = {
    a: yield* warmUp("a", sampleTime, warmupTime),
    b: yield* warmUp("b", sampleTime, warmupTime),
  };
  const generator = new Mt19937(seed);
  const timed: TimedPair[] = [];
  const controls: number[] = [];
  for (let i = 0; i < pairs; i++) {
    const times = { a: 0, b: 0, again: 0 };
    for (const sample of shuffled(["a", "b", "again"] as const, generator)) {
      const side = sample === "b" ? "b" : "a";
      times[sample] = yield { side, calls: callsPerSample[side] };
    }
    timed.push({ a: times.a, b: times.b });
    controls.push(times.again / times.a);
  }
  return {
    pairs: timed,
    medianA: median(timed.map((pair) => pair.a)),
    medianB: median(timed.map((pair) => pair.b)),
    ratio: medianInterval(
      timed.map((pair) => pair.a / pair.b),
      { seed },
    ),
    control: medianInterval(controls, { seed }),
    callsPerSample,
  };
}

/** Milliseconds a call since `start`; never 0, which a coarse clock can read, so that ratios stay finite. */
export function perCall(start: number, calls: number): number {
  return Math.max(performance.now() - start, 1e-4) / calls;
}

/** Runs until rounds get no faster, and says how many calls fill a sample. */
function* warmUp(
  side: "a" | "b",
  sampleTime: number,
  warmupTime: number,
): Generator<TimingStep, number, number> {
  const start = performance.now();
  // Compilers count calls before they act: times that stand still at first mean nothing yet.
  const earliest = start + warmupTime / 5;
  const latest = start + warmupTime;
  let calls = 1;
  let previous = Number.POSITIVE_INFINITY;
  let settled = 0;
  do {
    const time = yield { side, calls };
    const enough = time * calls >= sampleTime;
    // Compilers work in the background and in tiers, so one round that is no faster can be an accident; three
    // are not.
    settled = enough && time > previous * 0.95 ? settled + 1 : 0;
    previous = time;
    if (!enough) calls = Math.min(calls * 2, 2 ** 20);
  } while ((settled < 3 || performance.now() < earliest) && performance.now() < latest);
  return calls;
}

function shuffled<T>(values: readonly T[], generator: Mt19937): T[] {
  const out = [...values];
  for (let i = out.length - 1; i > 0; i--) {
    const j = generator.nextUint32() % (i + 1);
    [out[i], out[j]] = [out[j] as T, out[i] as T];
  }
  return out;
}
