import {
  describeDifference,
  engineNames,
  getEngine,
  linear,
  manualSeed,
  randn,
  setEngine,
  tensor,
} from "@convfuse/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decode, goldens } from "../../../../test/support/goldens.js";
import { float32SumBound, float64SumBound } from "../../../../test/support/rounding.mjs";

interface Case {
  readonly seed: number;
  readonly x: number[];
  readonly weight: [number, number];
  readonly bias: boolean;
  readonly y: number[];
  readonly data: string;
}

describe.each(engineNames())("the %s engine", (engine) => {
  const before = getEngine();
  beforeAll(() => setEngine(engine));
  afterAll(() => setEngine(before));

  test.each(goldens<Case>("linear"))("seed $seed: x $x, weight $weight, bias $bias", (c) => {
    manualSeed(c.seed);
    const x = randn(c.x);
    const weight = randn(c.weight);
    const bias = c.bias ? randn([c.weight[0]]) : undefined;

    const y = linear(x, weight, bias);

    const expected = decode(c.data, c.y);
    const [outFeatures, inFeatures] = c.weight;
    const bounds = expected.data.map((value, at) => {
      const [row, o] = [Math.floor(at / outFeatures), at % outFeatures];
      let magnitude = Math.abs(bias?.get(o) ?? 0);
      for (let i = 0; i < inFeatures; i++) {
        magnitude += Math.abs((x.data[row * inFeatures + i] as number) * weight.get(o, i));
      }
      const exact = float64SumBound(inFeatures + 1, magnitude, value);
      return exact + (engine === "reference" ? exact : float32SumBound(inFeatures + 1, magnitude));
    });
    expect(describeDifference(y, expected, tensor(bounds, c.y))).toBeUndefined();
  });
});
