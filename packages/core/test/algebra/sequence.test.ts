import { expect, test } from "vitest";
import { sequenceForm } from "../../src/algebra/sequence/sequence.js";
import { composeBias, composeWeights } from "../../src/algebra/sequence/sequence-weights.js";
import { type ConvAxis, FusionError, type LinearKernel, mergeSequence } from "../../src/index.js";
import { Dice } from "../fuse/random-tree.js";
import { apart, byDefinition } from "./by-definition.js";
import { randomKernel, randomSignal } from "./random-kernels.js";

const modes = ["zeros", "zeros", "zeros", "reflect", "replicate", "circular"] as const;

function randomPair(dice: Dice, rank: number): readonly [LinearKernel, LinearKernel] {
  const middle = dice.of([1, 2, 3]);
  const paddingMode = dice.of(modes);
  return [
    randomKernel(dice, { rank, inChannels: dice.of([1, 2, 3]), outChannels: middle, paddingMode }),
    randomKernel(dice, { rank, inChannels: middle, outChannels: dice.of([1, 2, 4]), paddingMode }),
  ];
}

function inSequence(first: LinearKernel, second: LinearKernel, x: Parameters<typeof byDefinition>[1]) {
  const middle = byDefinition(first, x);
  return middle && byDefinition(second, middle);
}

function attempt(first: LinearKernel, second: LinearKernel): LinearKernel | string {
  try {
    return mergeSequence(first, second);
  } catch (error) {
    if (error instanceof FusionError) return error.rule;
    throw error;
  }
}

test.each([
  [0, 300],
  [1, 3000],
  [2, 600],
  [3, 150],
])(
  "rank %i, %i random pairs: what merges gives the same at every size, to 1e-12, and runs where both run",
  (rank, count) => {
    let merged = 0;
    for (let seed = 0; seed < count; seed++) {
      const dice = new Dice(seed);
      const [first, second] = randomPair(dice, rank);
      const one = attempt(first, second);
      if (typeof one === "string") continue;
      merged++;
      for (let trial = 0; trial < (rank === 1 ? 9 : 4); trial++) {
        const sizes = Array.from({ length: rank }, () => (rank === 1 ? trial + 1 : 1 + dice.roll(6)));
        const x = randomSignal(dice, first.inChannels, sizes);
        expect(
          apart(byDefinition(one, x), inSequence(first, second, x)),
          `seed ${seed}, sizes ${sizes}`,
        ).toBeLessThan(1e-12);
      }
    }
    expect(merged).toBeGreaterThan(count / 20);
  },
);

/** Refused whatever it gives: no layer is that map, or (where pixels are copied) the rule is simpler than it could be. */
const noLayer = [
  "a stride before upsampling",
  "padding modes are mixed",
  "padding of an upsampled image",
  "padding between the convolutions: it copies",
];

test("rank 1: what is refused for its border, its holes or its size differs at some size, if it is merged all the same", () => {
  const refused = new Map<string, number>();
  for (let seed = 0; seed < 3000; seed++) {
    const dice = new Dice(seed);
    const [first, second] = randomPair(dice, 1);
    const rule = attempt(first, second);
    if (typeof rule !== "string" || noLayer.some((start) => rule.includes(start))) continue;
    const kind = rule.replace(/[.;:].*/, "");
    refused.set(kind, (refused.get(kind) ?? 0) + 1);
    const one = mergedRegardless(first, second);
    const sizes = Array.from({ length: 60 }, (_, i) => i + 1);
    const differs = sizes.some((size) => {
      const x = randomSignal(dice, first.inChannels, [size]);
      return apart(byDefinition(one, x), inSequence(first, second, x)) > 1e-9;
    });
    expect(differs, `seed ${seed}: ${rule}`).toBe(true);
  }
  expect([...refused.keys()].sort()).toEqual([
    "a bias before upsampling",
    "a bias before zero padding",
    "an image too small for the first convolution would be large enough for both as one",
    "zero padding between the convolutions",
  ]);
});

/** The two as one, as if no border and no hole came between them. */
function mergedRegardless(first: LinearKernel, second: LinearKernel): LinearKernel {
  const plain = ({ axes, ...rest }: LinearKernel): LinearKernel => ({
    ...rest,
    axes: axes.map((axis) => ({ ...axis, before: 0, after: 0 })),
    bias: undefined,
    paddingMode: "zeros",
  });
  const form = sequenceForm(plain(first), plain(second), () => undefined);
  const axes = form.axes.map((axis, i) => {
    const [a, b] = [first.axes[i], second.axes[i]] as readonly [ConvAxis, ConvAxis];
    return {
      ...axis,
      before: b.upsampling * a.before + a.stride * b.before,
      after: b.upsampling * a.after + a.stride * b.after,
    };
  });
  return {
    ...form,
    axes,
    paddingMode: first.paddingMode,
    weight: composeWeights(first, second, form),
    bias: composeBias(first, second),
  };
}

test("a bias is asked for only where a border or a hole sees it", () => {
  const [dice, channels] = [
    new Dice(1),
    { rank: 1, inChannels: 2, outChannels: 2, paddingMode: "zeros" },
  ] as const;
  const axis = { size: 1, stride: 1, dilation: 1, upsampling: 1, before: 0, after: 0 };
  const of = (given: Partial<ConvAxis>): LinearKernel =>
    randomKernel(dice, { ...channels, axis: () => ({ ...axis, ...given }) });
  const asked = (second: LinearKernel): number => {
    let times = 0;
    sequenceForm(of({}), second, () => {
      times++;
      return undefined;
    });
    return times;
  };
  expect(asked(of({ size: 3 }))).toBe(0);
  expect(asked(of({ size: 3, before: -1 }))).toBe(0);
  expect(asked(of({ size: 3, before: 1 }))).toBe(1);
  expect(asked(of({ size: 3, upsampling: 2 }))).toBe(1);
});
