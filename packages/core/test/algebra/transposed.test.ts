import { expect, test } from "vitest";
import { fromTransposed, toTransposed } from "../../src/algebra/layers/transposed.js";
import {
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  type LinearKernel,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { transposedAxis } from "../../src/ops/conv/conv-axis.js";
import { Dice } from "../fuse/random-tree.js";
import { byDefinition } from "./by-definition.js";
import { randomNumbers, randomSignal } from "./random-kernels.js";

type TransposedOp = (x: Tensor, weight: Tensor, bias: Tensor | undefined, options: object) => Tensor;

test.each([
  [1, convTranspose1d as TransposedOp],
  [2, convTranspose2d as TransposedOp],
  [3, convTranspose3d as TransposedOp],
])(
  "rank %i: a transposed convolution, whose own results are PyTorch's, is the linear map that it is said to be",
  (rank, op) => {
    for (let seed = 0; seed < 60; seed++) {
      const dice = new Dice(seed);
      const groups = dice.of([1, 2]);
      const [inChannels, outChannels] = [groups * dice.of([1, 2]), groups * dice.of([1, 3])];
      const perAxis = (draw: () => number): number[] => Array.from({ length: rank }, draw);
      const size = perAxis(() => 1 + dice.roll(3));
      const stride = perAxis(() => 1 + dice.roll(3));
      const dilation = perAxis(() => 1 + dice.roll(2));
      const padding = size.map((k, i) => Math.min(dice.roll(3), (dilation[i] as number) * (k - 1)));
      const outputPadding = stride.map((s, i) => dice.roll(Math.max(s, dilation[i] as number)));
      const axes = size.map((k, i) =>
        transposedAxis(
          { size: k, stride: stride[i] as number, dilation: dilation[i] as number },
          padding[i] as number,
          outputPadding[i] as number,
        ),
      );
      const form = { inChannels, outChannels, axes, groups, paddingMode: "zeros" as const };
      const shape = [inChannels, outChannels / groups, ...size];
      const stored = new Float64Array(
        new Float32Array(
          randomNumbers(
            dice,
            shape.reduce((a, b) => a * b),
          ),
        ),
      );
      const kernel: LinearKernel = { ...form, weight: fromTransposed(stored, form), bias: undefined };
      expect(toTransposed(kernel)).toEqual(stored);
      const x = randomSignal(
        dice,
        inChannels,
        perAxis(() => 4 + dice.roll(2)),
      );
      const rounded = { ...x, values: new Float64Array(new Float32Array(x.values)) };
      const want = op(
        tensor(new Float32Array(x.values), [1, inChannels, ...x.sizes]),
        tensor(new Float32Array(stored), shape),
        undefined,
        { stride, dilation, padding, outputPadding, groups },
      );
      const got = byDefinition(kernel, rounded);
      expect([1, got?.channels, ...(got?.sizes ?? [])], `seed ${seed}`).toEqual(want.shape);
      got?.values.forEach((value, i) => {
        expect(Math.abs(value - (want.data[i] as number)), `seed ${seed}`).toBeLessThan(1e-5);
      });
    }
  },
);
