import { type CompareTimesOptions, perCall, type TimeComparison, timingPlan } from "./timing-plan.js";

/** Two ways to do the same work. */
export interface Alternatives {
  /** One call of the first; what it returns is dropped. */
  readonly a: () => unknown;
  /** One call of the second. */
  readonly b: () => unknown;
}

/**
 * Times two alternatives fairly: both warmed up until they get no faster, then timed in interleaved pairs of
 * random order, with a second sample of a in every round as the A/A control. The ratio of a pair is free of
 * what slows the machine for longer than a pair.
 *
 * @param alternatives a and b; what must not be timed (building layers, drawing inputs) belongs outside of
 *   them
 * @param options pairs, sampleTime, warmupTime, seed; see {@link CompareTimesOptions}
 * @returns every pair in milliseconds a call, the median of the ratios a / b with its interval, and the
 *   control
 * @throws {ArgumentError} if a or b is no function, or an option is outside its domain
 * @see T. Kalibera, R. Jones, Rigorous benchmarking in reasonable time, ISMM 2013
 * @example
 * const x = ones([1, 2, 9, 9]);
 * const conv = new Conv2d(2, 2, 3);
 * const pointwise = new Conv2d(2, 2, 1);
 * const { ratio } = compareTimes({ a: () => conv.forward(x), b: () => pointwise.forward(x) }, { pairs: 3 });
 * ratio.median; // how many times faster b is
 */
export function compareTimes(alternatives: Alternatives, options: CompareTimesOptions = {}): TimeComparison {
  const plan = timingPlan("compareTimes", alternatives, options);
  let step = plan.next();
  while (!step.done) step = plan.next(timeCalls(alternatives[step.value.side], step.value.calls));
  return step.value;
}

function timeCalls(run: () => unknown, calls: number): number {
  const start = performance.now();
  for (let i = 0; i < calls; i++) run();
  return perCall(start, calls);
}
