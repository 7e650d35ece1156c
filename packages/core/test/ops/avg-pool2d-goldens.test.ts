import {
  type AvgPool2dOptions,
  adaptiveAvgPool2d,
  avgPool2d,
  describeDifference,
  manualSeed,
  type Pair,
  randn,
  ShapeError,
  tensor,
} from "@convfuse/core";
import { expect, test } from "vitest";
import { decode, goldens, present } from "../../../../test/support/goldens.js";
import { float64SumBound } from "../../../../test/support/rounding.mjs";

interface Case {
  readonly seed: number;
  readonly x: number[];
  readonly kernelSize: Pair;
  readonly stride: Pair | null;
  readonly padding: Pair;
  readonly ceilMode: boolean;
  readonly countIncludePad: boolean;
  readonly divisorOverride: number | null;
  /** null: PyTorch refuses, as no window fits. */
  readonly y: number[] | null;
  readonly data: string;
}

const name = "seed $seed: x $x, kernel $kernelSize, stride $stride, padding $padding, ceil $ceilMode";

test.each(goldens<Case>("avg-pool2d"))(name, (c) => {
  manualSeed(c.seed);
  const x = randn(c.x);
  const { stride, padding, ceilMode, countIncludePad, divisorOverride } = c;
  const options = present<AvgPool2dOptions>({ stride, padding, ceilMode, countIncludePad, divisorOverride });

  if (c.y === null) {
    expect(() => avgPool2d(x, c.kernelSize, options)).toThrow(ShapeError);
    return;
  }
  const y = avgPool2d(x, c.kernelSize, options);

  const expected = decode(c.data, c.y);
  const largest = x.data.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  const bounds = expected.data.map((value) => 2 * float64SumBound(25, largest, value));
  expect(describeDifference(y, expected, tensor(bounds, c.y))).toBeUndefined();
});

interface AdaptiveCase {
  readonly seed: number;
  readonly x: number[];
  readonly outputSize: Pair;
  readonly y: number[];
  readonly data: string;
}

test.each(goldens<AdaptiveCase>("adaptive-avg-pool2d"))("adaptive, seed $seed: x $x to $outputSize", (c) => {
  manualSeed(c.seed);
  const x = randn(c.x);
  const y = adaptiveAvgPool2d(x, c.outputSize);
  const expected = decode(c.data, c.y);
  const largest = x.data.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  const bounds = expected.data.map((value) => 2 * float64SumBound(180, largest, value));
  expect(describeDifference(y, expected, tensor(bounds, c.y))).toBeUndefined();
});
