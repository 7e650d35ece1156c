import { expect, test } from "vitest";
import { alignmentOf } from "../../src/algebra/parallel/align.js";
import {
  addKernels,
  type ConvAxis,
  concatKernels,
  denseKernel,
  embedKernel,
  FusionError,
  type LinearKernel,
  regroupKernel,
  scaleKernel,
  subtractKernels,
} from "../../src/index.js";
import { outSizeOf } from "../../src/ops/conv/conv-axis.js";
import { Dice } from "../fuse/random-tree.js";
import { apart, byDefinition, type Signal } from "./by-definition.js";
import { randomAxis, randomKernel, randomNumbers, randomSignal } from "./random-kernels.js";

type Combine = (results: readonly Signal[]) => Signal | undefined;

const sum: Combine = (results) => {
  const [first] = results as [Signal];
  if (results.some((one) => String([one.channels, one.sizes]) !== String([first.channels, first.sizes])))
    return undefined;
  return {
    ...first,
    values: first.values.map((_, i) => results.reduce((total, one) => total + (one.values[i] as number), 0)),
  };
};

const joined: Combine = (results) => {
  const [first] = results as [Signal];
  if (results.some((one) => String(one.sizes) !== String(first.sizes))) return undefined;
  const values = Float64Array.from(results.flatMap((one) => [...one.values]));
  return { channels: results.reduce((total, one) => total + one.channels, 0), sizes: first.sizes, values };
};

/** An axis that gives the same sizes as another one; now and then one that does not, or has another stride. */
function axisLike(dice: Dice, other: ConvAxis): ConvAxis {
  if (dice.chance(6)) return randomAxis(dice);
  const size = dice.of([1, 2, 3]);
  const dilation = dice.of([1, 1, 2]);
  const total = other.before + other.after + dilation * (size - 1) - other.dilation * (other.size - 1);
  const before = dice.of([Math.floor(total / 2), 0, total]);
  return { ...other, size, dilation, before, after: total - before };
}

function randomBranches(dice: Dice, rank: number, sameChannels: boolean): LinearKernel[] {
  const inChannels = dice.of([1, 2, 3, 4]);
  const outChannels = dice.of([1, 2, 4, 6]);
  const paddingMode = dice.of(["zeros", "zeros", "reflect", "replicate", "circular"] as const);
  const axes = Array.from({ length: rank }, () => randomAxis(dice));
  return Array.from({ length: 1 + dice.roll(3) }, () => {
    const left = [...axes];
    const axis = (): ConvAxis => axisLike(dice, left.shift() as ConvAxis);
    const out = sameChannels ? outChannels : dice.of([1, 2, 4]);
    return randomKernel(dice, { rank, inChannels, outChannels: out, paddingMode, axis });
  });
}

const cases = [0, 1, 2, 3].flatMap((rank) =>
  (
    [
      ["sums", true, addKernels, sum],
      ["joined outputs", false, concatKernels, joined],
    ] as const
  ).map(([name, sameChannels, transform, combine]) => ({ rank, name, sameChannels, transform, combine })),
);

test.each(cases)(
  "rank $rank, random $name: one kernel gives the same at every size, to 1e-12, and runs where they run",
  ({ rank, sameChannels, transform, combine }) => {
    const count = [200, 1000, 300, 60][rank] as number;
    let merged = 0;
    for (let seed = 0; seed < count; seed++) {
      const dice = new Dice(seed);
      const branches = randomBranches(dice, rank, sameChannels);
      let one: LinearKernel;
      try {
        one = transform(branches);
      } catch (error) {
        if (error instanceof FusionError) continue;
        throw error;
      }
      merged++;
      for (let trial = 0; trial < (rank === 1 ? 9 : 3); trial++) {
        const sizes = Array.from({ length: rank }, () => (rank === 1 ? trial + 1 : 1 + dice.roll(6)));
        const x = randomSignal(dice, one.inChannels, sizes);
        const results = branches.map((branch) => byDefinition(branch, x));
        const want = results.includes(undefined) ? undefined : combine(results as Signal[]);
        expect(apart(byDefinition(one, x), want), `seed ${seed}, sizes ${sizes}`).toBeLessThan(1e-12);
      }
    }
    expect(merged).toBeGreaterThan(count / 3);
  },
);

test("output sizes that are refused differ at some size, those that are not agree at every one, upsampled or not", () => {
  const seen = { refused: 0, taken: 0 };
  for (let seed = 0; seed < 4000; seed++) {
    const dice = new Dice(seed);
    const [stride, upsampling] = [dice.of([1, 2, 3, 4, 6]), dice.of([1, 2, 3, 4, 6])];
    const forms = [0, 1].map(() => {
      const axis = { ...randomAxis(dice), stride, upsampling };
      return { inChannels: 1, outChannels: 1, axes: [axis], groups: 1, paddingMode: "zeros" } as const;
    });
    const sizes = (axis: ConvAxis): string =>
      String(Array.from({ length: 60 }, (_, i) => Math.max(outSizeOf(axis, i + 1), 0)));
    const [a, b] = forms.map(({ axes: [axis] }) => sizes(axis as ConvAxis));
    try {
      alignmentOf("sum", forms);
      seen.taken++;
      expect(a, `seed ${seed}`).toBe(b);
    } catch (error) {
      if (!(error instanceof FusionError)) throw error;
      seen.refused++;
      expect(a, `seed ${seed}`).not.toBe(b);
    }
  }
  expect(Math.min(seen.refused, seen.taken)).toBeGreaterThan(300);
});

test.each([0, 1, 2, 3])("rank %i: what only rewrites one kernel leaves its map as it is", (rank) => {
  for (let seed = 0; seed < 100; seed++) {
    const dice = new Dice(seed);
    const kernel = randomKernel(dice, { rank, inChannels: 6, outChannels: 6, paddingMode: "zeros" });
    const x = randomSignal(
      dice,
      6,
      Array.from({ length: rank }, () => 1 + dice.roll(5)),
    );
    const want = byDefinition(kernel, x);
    const scale = randomNumbers(dice, 6);
    const larger = kernel.axes.map(({ size }) => size + dice.roll(3));
    const offset = kernel.axes.map(({ size }, axis) => dice.roll((larger[axis] as number) - size + 1));
    for (const same of [denseKernel(kernel), regroupKernel(kernel, 1), embedKernel(kernel, larger, offset)]) {
      expect(apart(byDefinition(same, x), want), `seed ${seed}`).toBeLessThan(1e-13);
    }
    const scaled = want && {
      ...want,
      values: want.values.map(
        (value, i) => value * (scale[Math.floor((i * 6) / want.values.length)] as number),
      ),
    };
    expect(apart(byDefinition(scaleKernel(kernel, scale), x), scaled), `seed ${seed}`).toBeLessThan(1e-13);
    const nothing = want && { ...want, values: want.values.map(() => 0) };
    expect(apart(byDefinition(subtractKernels(kernel, denseKernel(kernel)), x), nothing)).toBeLessThan(1e-13);
  }
});
