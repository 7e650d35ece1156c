import { compareTimes, manualSeed, medianInterval, uniform } from "@convfuse/core";
import { describe, expect, test } from "vitest";

/** Work whose size is known, so that the true ratio is known whatever the machine. */
function spin(steps: number): () => number {
  return () => {
    let state = 1;
    for (let i = 0; i < steps; i++) state = Math.imul(state, 1664525) + 1013904223;
    return state;
  };
}

describe("compareTimes", () => {
  test("finds that eight times the work takes longer, beyond the interval and the control", () => {
    const result = compareTimes({ a: spin(80_000), b: spin(10_000) }, { pairs: 21, sampleTime: 1 });
    expect(result.pairs).toHaveLength(21);
    expect(result.ratio.low).toBeGreaterThan(3);
    expect(result.ratio.high).toBeLessThan(20);
    expect(result.control.median).toBeGreaterThan(0.5);
    expect(result.control.median).toBeLessThan(2);
    expect(result.medianA).toBeGreaterThan(result.medianB);
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
    compareTimes({ a: spin(10), b: spin(10) }, { pairs: 2, sampleTime: 0, warmupTime: 0 });
    expect(uniform([4]).data).toEqual(expected);
  });

  test.each([
    [{ a: 1, b: spin(1) }, {}, "compareTimes: a must be a function; got a=1"],
    [
      { a: spin(1), b: spin(1) },
      { pairs: 0 },
      "compareTimes: pairs must be a whole number, 1 or more; got pairs=0",
    ],
    [
      { a: spin(1), b: spin(1) },
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
