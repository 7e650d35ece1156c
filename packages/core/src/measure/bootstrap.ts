import { checkOptions, type OptionNames } from "../checks.js";
import { ArgumentError } from "../errors.js";
import { Mt19937 } from "../random/mt19937.js";

/** A median with the interval that resampling gives it. */
export interface MedianInterval {
  /** The median of the numbers themselves. */
  readonly median: number;
  /** The interval's lower end. */
  readonly low: number;
  /** The interval's upper end. */
  readonly high: number;
}

/** The options of {@link medianInterval}. */
export interface BootstrapOptions {
  /** How much of the resampled medians the interval holds. Default 0.95. */
  readonly confidence?: number;
  /** How many times the sample is drawn anew, with replacement. Default 2000. */
  readonly resamples?: number;
  /** Of the resampling's own generator; `manualSeed` has no part in it. Default 0. */
  readonly seed?: number;
}

const bootstrapOptionNames: OptionNames<BootstrapOptions> = { confidence: true, resamples: true, seed: true };

/**
 * The median of a sample, with a percentile bootstrap interval.
 * @param sample at least one number, none NaN; any unit
 * @param options confidence, resamples, seed; see {@link BootstrapOptions}
 * @returns median, low and high in the sample's unit
 * @throws {ArgumentError} if the sample is empty or holds NaN, or an option is outside its domain
 * @see B. Efron, Bootstrap methods: another look at the jackknife, Annals of Statistics 7 (1979)
 * @example
 * medianInterval([2, 1, 3]).median; // 2
 */
export function medianInterval(sample: readonly number[], options: BootstrapOptions = {}): MedianInterval {
  checkOptions("medianInterval", options, bootstrapOptionNames);
  const { confidence = 0.95, resamples = 2000, seed = 0 } = options;
  if (sample.length === 0 || sample.some((value) => typeof value !== "number" || Number.isNaN(value))) {
    throw new ArgumentError("medianInterval", "sample must hold at least one number and no NaN", { sample });
  }
  if (!(confidence > 0 && confidence < 1)) {
    throw new ArgumentError("medianInterval", "confidence must be between 0 and 1", { confidence });
  }
  if (!Number.isSafeInteger(resamples) || resamples < 1) {
    throw new ArgumentError("medianInterval", "resamples must be a whole number, 1 or more", { resamples });
  }
  const generator = new Mt19937(seed);
  const medians = Array.from({ length: resamples }, () =>
    median(sample.map(() => sample[generator.nextUint32() % sample.length] as number)),
  ).sort((a, b) => a - b);
  const tail = Math.floor(((1 - confidence) / 2) * resamples);
  return {
    median: median(sample),
    low: medians[tail] as number,
    high: medians[resamples - 1 - tail] as number,
  };
}

/** The middle of the sorted sample; the mean of both middles where there are two. */
export function median(sample: readonly number[]): number {
  const sorted = [...sample].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}
