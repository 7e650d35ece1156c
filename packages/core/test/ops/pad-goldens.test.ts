import { describeDifference, manualSeed, type PadOptions, pad, randn } from "@convfuse/core";
import { expect, test } from "vitest";
import { decode, goldens } from "../../../../test/support/goldens.js";

interface Case extends Required<PadOptions> {
  readonly seed: number;
  readonly x: number[];
  readonly amounts: number[];
  readonly y: number[];
  readonly data: string;
}

test.each(goldens<Case>("pad"))("seed $seed: $x padded by $amounts, $mode", (c) => {
  manualSeed(c.seed);
  const y = pad(randn(c.x), c.amounts, { mode: c.mode, value: c.value });
  expect(describeDifference(y, decode(c.data, c.y))).toBeUndefined();
});
