import { format, manualSeed, randn } from "@convfuse/core";
import { expect, test } from "vitest";
import { decode, goldens } from "../../../../test/support/goldens.js";

interface Case {
  readonly x: number[];
  readonly text: string;
  readonly values?: string;
  readonly seed: number;
  readonly scale: number;
  readonly rounded: boolean;
}

test.each(goldens<Case>("format").map((c, i) => ({ ...c, i })))("$i: $x", (c) => {
  if (c.values !== undefined) {
    expect(format(decode(c.values, c.x))).toBe(c.text);
    return;
  }
  manualSeed(c.seed);
  const x = randn(c.x);
  x.data.forEach((value, i) => {
    x.data[i] = c.rounded ? Math.floor(value * 2 ** c.scale) : value * 2 ** c.scale;
  });
  expect(format(x)).toBe(c.text);
});
