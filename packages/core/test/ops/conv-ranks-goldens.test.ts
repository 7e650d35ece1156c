import {
  type Conv1dOptions,
  type Conv2dOptions,
  type Conv3dOptions,
  type ConvTranspose1dOptions,
  type ConvTranspose2dOptions,
  type ConvTranspose3dOptions,
  conv1d,
  conv2d,
  conv3d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
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

const ops = { conv1d, conv2d, conv3d, convTranspose1d, convTranspose2d, convTranspose3d };

interface Case {
  readonly seed: number;
  readonly op: keyof typeof ops;
  readonly x: number[];
  readonly weight: number[];
  /** Its length; 0: none. */
  readonly bias: number;
  readonly options: Conv1dOptions &
    Conv2dOptions &
    Conv3dOptions &
    ConvTranspose1dOptions &
    ConvTranspose2dOptions &
    ConvTranspose3dOptions;
  readonly y: number[];
  readonly data: string;
}

const cases = goldens<Case>("conv-ranks");

test("there are 50 of each operation", () => {
  for (const op of Object.keys(ops)) expect(cases.filter((c) => c.op === op)).toHaveLength(50);
});

function largest(x: Tensor): number {
  return x.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

describe.each(engineNames())("the %s engine", (engine) => {
  const before = getEngine();
  beforeAll(() => setEngine(engine));
  afterAll(() => setEngine(before));

  test.each(cases)("$op, seed $seed: x $x, weight $weight", (c) => {
    manualSeed(c.seed);
    const [x, weight] = [randn(c.x), randn(c.weight)];
    const bias = c.bias > 0 ? randn([c.bias]) : undefined;

    const y = ops[c.op](x, weight, bias, c.options);

    const expected = decode(c.data, c.y);
    // No output sums more products than a whole kernel and all input channels of its group give.
    const rank = c.weight.length - 2;
    const terms = c.weight.slice(-rank).reduce((a, b) => a * b, 1) * (c.x.at(-rank - 1) as number) + 1;
    const magnitude = terms * largest(weight) * largest(x) + (bias ? largest(bias) : 0);
    const bounds = expected.data.map((value) => {
      const exact = float64SumBound(terms, magnitude, value);
      return exact + (engine === "reference" ? exact : float32SumBound(terms, magnitude));
    });
    expect(describeDifference(y, expected, tensor(bounds, c.y))).toBeUndefined();
  });
});
