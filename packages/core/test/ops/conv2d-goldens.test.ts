import {
  type Conv2dOptions,
  conv2d,
  describeDifference,
  engineNames,
  getEngine,
  manualSeed,
  randn,
  setEngine,
  type Tensor,
  tensor,
} from "@convfuse/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decode, goldens } from "../../../../test/support/goldens.js";
import { float32SumBound, float64SumBound } from "../../../../test/support/rounding.mjs";

interface Case extends Required<Conv2dOptions> {
  readonly seed: number;
  readonly x: number[];
  readonly weight: number[];
  readonly bias: boolean;
  readonly scale: number;
  readonly y: number[];
  readonly data: string;
}

const cases = goldens<Case>("conv2d");

/** The largest that sum |w| |x| + |b| can be in each output channel, over the whole output. */
function magnitudes(x: Tensor, weight: Tensor, bias: Tensor | undefined): number[] {
  const largest = x.data.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  const perChannel = weight.data.length / (weight.shape[0] as number);
  return Array.from({ length: weight.shape[0] as number }, (_, o) => {
    const sum = weight.data.slice(o * perChannel, (o + 1) * perChannel).reduce((a, w) => a + Math.abs(w), 0);
    return sum * largest + Math.abs(bias?.get(o) ?? 0);
  });
}

test("there are at least 400 of them, and every padding mode and form of padding is among them", () => {
  expect(cases.length).toBeGreaterThanOrEqual(400);
  expect(new Set(cases.map((c) => c.paddingMode)).size).toBe(4);
  const forms = cases.map(({ padding }) => (typeof padding === "object" ? padding.flat().length : padding));
  expect(new Set(forms)).toEqual(new Set([0, 1, 2, 3, 4, "same", "valid"]));
});

describe.each(engineNames())("the %s engine", (engine) => {
  const before = getEngine();
  beforeAll(() => setEngine(engine));
  afterAll(() => setEngine(before));

  test.each(cases)(
    "seed $seed: x $x, weight $weight, padding $padding, $paddingMode, groups $groups",
    (c) => {
      manualSeed(c.seed);
      const x = randn(c.x);
      x.data.forEach((value, i) => {
        x.data[i] = value * 2 ** c.scale;
      });
      const weight = randn(c.weight);
      const bias = c.bias ? randn([c.weight[0] as number]) : undefined;
      const { stride, padding, dilation, groups, paddingMode } = c;

      const y = conv2d(x, weight, bias, { stride, padding, dilation, groups, paddingMode });

      const expected = decode(c.data, c.y);
      const terms = weight.data.length / (weight.shape[0] as number) + 1;
      const perImage = c.y.slice(-2).reduce((a, b) => a * b, 1);
      const channel = magnitudes(x, weight, bias);
      const bounds = expected.data.map((value, i) => {
        const magnitude = channel[Math.floor(i / perImage) % channel.length] as number;
        const exact = float64SumBound(terms, magnitude, value);
        return exact + (engine === "reference" ? exact : float32SumBound(terms, magnitude));
      });
      expect(describeDifference(y, expected, tensor(bounds, c.y))).toBeUndefined();
    },
  );
});
