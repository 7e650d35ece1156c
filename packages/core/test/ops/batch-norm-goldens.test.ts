import { add, batchNorm, describeDifference, manualSeed, mul, rand, randn, tensor } from "@convfuse/core";
import { expect, test } from "vitest";
import { decode, goldens } from "../../../../test/support/goldens.js";

interface Case {
  readonly seed: number;
  readonly x: [number, number, ...number[]];
  readonly eps: number;
  readonly affine: boolean;
  readonly stats: boolean;
  readonly training: boolean;
  readonly y: number[];
  readonly data: string;
}

test.each(goldens<Case>("batch-norm"))("seed $seed: x $x, eps $eps, training $training", (c) => {
  manualSeed(c.seed);
  const channels = c.x[1];
  const x = add(mul(randn(c.x), 4), 3);
  const mean = randn([channels]);
  const variance = add(rand([channels]), 0.25);
  const [weight, bias] = [randn([channels]), randn([channels])];

  const y = batchNorm(x, c.stats ? mean : undefined, c.stats ? variance : undefined, {
    ...(c.affine && { weight, bias }),
    training: c.training,
    eps: c.eps,
  });

  // Both sides compute in float64 and round once: the results are neighbours at most, but where x - mean cancels.
  const expected = decode(c.data, c.y);
  const bounds = expected.data.map((value) => 2 ** -23 * Math.abs(value) + 2 ** -40);
  expect(describeDifference(y, expected, tensor(bounds, c.y))).toBeUndefined();
});
