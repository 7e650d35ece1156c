import { compareTimes, compareTimesAsync, manualSeed, medianInterval, uniform } from "@convfuse/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

/** A clock that only work moves, so that the true times are known whatever the machine does. */
let clock = 0;
beforeEach(() => {
  clock = 0;
  vi.spyOn(performance, "now").mockImplementation(() => clock);
});
afterEach(() => vi.restoreAllMocks());

/** Work that takes that many milliseconds. */
function work(milliseconds: number): () => void {
  return () => {
    clock += milliseconds;
  };
}

describe("compareTimes", () => {
  test("finds the ratio, the medians and a control of 1 where nothing disturbs", () => {
    const result = compareTimes({ a: work(0.8), b: work(0.1) }, { pairs: 21 });
    expect(result.pairs).toHaveLength(21);
    expect(result.callsPerSample).toEqual({ a: 4, b: 32 });
    for (const value of Object.values(result.ratio)) expect(value).toBeCloseTo(8, 9);
    for (const value of Object.values(result.control)) expect(value).toBeCloseTo(1, 9);
    expect(result.medianA).toBeCloseTo(0.8, 9);
    expect(result.medianB).toBeCloseTo(0.1, 9);
  });

  test("does not see what slows the machine for longer than a pair", () => {
    let calls = 0;
    // The machine is ten times slower for the middle third of all calls.
    const slowed = (milliseconds: number) => () => {
      calls++;
      clock += milliseconds * (calls > 100 && calls < 200 ? 10 : 1);
    };
    const options = { pairs: 99, sampleTime: 0, warmupTime: 0 };
    const { ratio, control } = compareTimes({ a: slowed(3), b: slowed(1) }, options);
    expect(ratio.median).toBeCloseTo(3, 9);
    expect(control.median).toBeCloseTo(1, 9);
  });

  test("warms up until a side gets no faster", () => {
    let runs = 0;
    // A hundred slow runs, as before a compiler has done its work.
    const compiled = () => {
      clock += runs++ < 100 ? 50 : 1;
    };
    const { medianA, medianB } = compareTimes({ a: compiled, b: work(1) }, { warmupTime: 30_000 });
    expect([medianA, medianB]).toEqual([1, 1]);
  });

  test("calls both sides equally often per pair, and a once more for the control", () => {
    const calls = { a: 0, b: 0 };
    const result = compareTimes(
      { a: () => calls.a++, b: () => calls.b++ },
      { pairs: 5, sampleTime: 0, warmupTime: 0 },
    );
    expect(result.callsPerSample).toEqual({ a: 1, b: 1 });
    expect(calls).toEqual({ a: 1 + 10, b: 1 + 5 });
  });

  test("leaves the generator of manualSeed alone", () => {
    manualSeed(3);
    const expected = uniform([4]).data;
    manualSeed(3);
    compareTimes({ a: work(10), b: work(10) }, { pairs: 2, sampleTime: 0, warmupTime: 0 });
    expect(uniform([4]).data).toEqual(expected);
  });

  test.each([
    [{ a: 1, b: work(1) }, {}, "compareTimes: a must be a function; got a=1"],
    [
      { a: work(1), b: work(1) },
      { pairs: 0 },
      "compareTimes: pairs must be a whole number, 1 or more; got pairs=0",
    ],
    [
      { a: work(1), b: work(1) },
      { sampleTime: Number.NaN },
      "compareTimes: sampleTime must be milliseconds, 0 or more; got sampleTime=NaN",
    ],
  ])("refuses %j %j", (alternatives, options, message) => {
    expect(() => compareTimes(alternatives as never, options)).toThrow(message);
  });
});

describe("medianInterval", () => {
  test("agrees with SciPy's percentile bootstrap of the median", () => {
    // scipy.stats.bootstrap((sample,), np.median, method="percentile", n_resamples=100000) printed low 3, high 8 for this sample.
    const sample = [9, 1, 5, 3, 8, 2, 7, 4, 6, 5.5, 10];
    const interval = medianInterval(sample, { resamples: 20_000 });
    expect(interval).toEqual({ median: 5.5, low: 3, high: 8 });
  });

  test("covers the true median about as often as it says", () => {
    manualSeed(11);
    let covered = 0;
    for (let trial = 0; trial < 300; trial++) {
      const { low, high } = medianInterval([...uniform([41]).data], { resamples: 300, seed: trial });
      if (low <= 0.5 && 0.5 <= high) covered++;
    }
    expect(covered / 300).toBeGreaterThan(0.9);
    expect(covered / 300).toBeLessThan(0.99);
  });

  test.each([
    [[], {}, "medianInterval: sample must hold at least one number and no NaN; got sample=[]"],
    [
      [1, Number.NaN],
      {},
      "medianInterval: sample must hold at least one number and no NaN; got sample=[1,NaN]",
    ],
    [[1], { confidence: 1 }, "medianInterval: confidence must be between 0 and 1; got confidence=1"],
    [[1], { resamples: 0 }, "medianInterval: resamples must be a whole number, 1 or more; got resamples=0"],
  ])("refuses %j %j", (sample, options, message) => {
    expect(() => medianInterval(sample, options)).toThrow(message);
  });
});

describe("compareTimesAsync", () => {
  test("waits for every call, and finds the same", async () => {
    const later = (milliseconds: number) => async () => {
      await Promise.resolve();
      clock += milliseconds;
    };
    const result = await compareTimesAsync({ a: later(0.8), b: later(0.1) }, { pairs: 21 });
    expect(result.pairs).toHaveLength(21);
    expect(result.callsPerSample).toEqual({ a: 4, b: 32 });
    for (const value of Object.values(result.ratio)) expect(value).toBeCloseTo(8, 9);
    for (const value of Object.values(result.control)) expect(value).toBeCloseTo(1, 9);
  });

  test("refuses what is no function", async () => {
    const nothing = { a: async () => {}, b: 1 as unknown as () => Promise<void> };
    await expect(compareTimesAsync(nothing)).rejects.toThrow(
      "compareTimesAsync: b must be a function; got b=1",
    );
  });
});
