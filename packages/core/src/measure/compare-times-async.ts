import { type CompareTimesOptions, perCall, type TimeComparison, timingPlan } from "./timing-plan.js";

/** Two ways to do the same work, each of which says when it is done. */
export interface AsyncAlternatives {
  /** One call of the first; done when its promise is. */
  readonly a: () => Promise<unknown>;
  /** One call of the second. */
  readonly b: () => Promise<unknown>;
}

/**
 * {@link compareTimes} for what gives promises: each call is awaited before the next one begins.
 * @param alternatives a and b; what must not be timed belongs outside of them
 * @param options pairs, sampleTime, warmupTime, seed; see {@link CompareTimesOptions}
 * @returns every pair in milliseconds a call, the median of the ratios a / b with its interval, and the
 *   control
 * @throws {ArgumentError} if a or b is no function, or an option is outside its domain
 * @see T. Kalibera, R. Jones, Rigorous benchmarking in reasonable time, ISMM 2013
 * @example
 * const plan = { run: async () => ones([1, 2, 9, 9]) };
 * const { ratio } = await compareTimesAsync({ a: () => plan.run(), b: () => plan.run() }, { pairs: 3 });
 * ratio.median; // how many times faster b is
 */
export async function compareTimesAsync(
  alternatives: AsyncAlternatives,
  options: CompareTimesOptions = {},
): Promise<TimeComparison> {
  const plan = timingPlan("compareTimesAsync", alternatives, options);
  let step = plan.next();
  while (!step.done) step = plan.next(await timeCalls(alternatives[step.value.side], step.value.calls));
  return step.value;
}

async function timeCalls(run: () => Promise<unknown>, calls: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < calls; i++) await run();
  return perCall(start, calls);
}
