import { beforeEach, describe, expect, test } from "vitest";
import {
  BatchNorm1d,
  BatchNorm2d,
  BatchNorm3d,
  Concat,
  Conv2d,
  compile,
  cost,
  Dropout,
  Flatten,
  fuse,
  Linear,
  type Module,
  manualSeed,
  maxAbsDiff,
  ReLU,
  randn,
  Scale,
  Sequential,
  ShapeError,
  Sum,
  verifyFusion,
} from "../../src/index.js";
import { randomStatistics } from "./layers.js";

beforeEach(() => manualSeed(23));

const norm1 = (features: number): BatchNorm1d => new BatchNorm1d(features, randomStatistics(features));
const norm2 = (channels: number): BatchNorm2d => new BatchNorm2d(channels, randomStatistics(channels));
const norm3 = (channels: number): BatchNorm3d => new BatchNorm3d(channels, randomStatistics(channels));
const factors = (channels: number): Scale => new Scale(randn([channels]));

type Case = readonly [name: string, make: () => Module, inputShape: readonly number[]];

/** Fuses without and with growth, proves it, and fuses once more. */
function fused(module: Module, inputShape: readonly number[], options: object = {}): Module {
  const { module: out } = fuse(module, options);
  expect(fuse(module, { ...options, growth: "none" }).module.toString()).toBe(out.toString());
  expect(verifyFusion(module, out, { inputShape }).ok).toBe(true);
  expect(fuse(out, options).module).toBe(out);
  return out;
}

describe("norms and factors in a row are one norm, which takes what they took", () => {
  const cases: readonly Case[] = [
    ["two of images", () => new Sequential([norm2(3), norm2(3)]), [2, 3, 4, 5]],
    ["of volumes, with a factor", () => new Sequential([norm3(3), new Scale(-2)]), [2, 3, 4, 5, 2]],
    ["factors, then a norm", () => new Sequential([factors(3), norm2(3), factors(3)]), [2, 3, 4, 5]],
    ["a norm and a skip", () => new Sum([norm2(3), new Scale(0.5)]), [2, 3, 4, 5]],
    ["of one channel", () => new Sequential([norm2(1), norm2(1)]), [2, 1, 4, 5]],
  ];
  test.each(cases)("%s", (_, make, inputShape) => {
    const module = make();
    const one = fused(module, inputShape);
    expect(one).toBeInstanceOf(inputShape.length === 5 ? BatchNorm3d : BatchNorm2d);
    for (const shape of [inputShape.slice(1), [2, inputShape[1] as number], [2, 7, ...inputShape.slice(2)]]) {
      expect(() => module.forward(randn(shape))).toThrow(ShapeError);
      expect(() => one.forward(randn(shape))).toThrow(ShapeError);
    }
  });

  test("of one feature they are no linear layer, which would take it from another axis", () => {
    const module = new Sequential([norm1(1), norm1(1)]);
    const one = fused(module, [4, 1], { inputShape: [4, 1] });
    expect(one).toBeInstanceOf(BatchNorm1d);
    expect(() => one.forward(randn([2, 3, 1]))).toThrow(ShapeError);
    expect(maxAbsDiff(one.forward(randn([2, 1, 1])), one.forward(randn([2, 1, 1])))).toBeGreaterThan(0);
  });

  test("factors alone stay factors", () => {
    const module = new Sequential([new Conv2d(3, 3, 2), new ReLU(), factors(3), factors(3)]);
    expect(fused(module, [1, 3, 4, 5]).children().get("2")).toBeInstanceOf(Scale);
  });
});

describe("a norm before flattened pixels goes into the linear layer behind them", () => {
  const cases: readonly Case[] = [
    ["images", () => new Sequential([norm2(3), new Flatten(), new Linear(60, 4)]), [2, 3, 4, 5]],
    [
      "with dropout, and norms on both sides, as faces are embedded",
      () => new Sequential([norm2(3), new Dropout(0.4), new Flatten(), new Linear(60, 4), norm1(4)]),
      [2, 3, 4, 5],
    ],
    ["volumes", () => new Sequential([norm3(2), new Flatten(), new Linear(48, 4)]), [2, 2, 4, 3, 2]],
    [
      "a norm of features behind it",
      () => new Sequential([norm2(3), new Flatten(), norm1(12), new ReLU()]),
      [2, 3, 2, 2],
    ],
    [
      "a factor for all",
      () => new Sequential([new Scale(3), new Flatten(), new Linear(60, 4)]),
      [2, 3, 4, 5],
    ],
    [
      "behind what stays",
      () => new Sequential([new Conv2d(2, 3, 1), new ReLU(), norm2(3), new Flatten(), new Linear(60, 4)]),
      [2, 2, 4, 5],
    ],
    [
      "of one pixel, if only by the sizes",
      () => new Sequential([norm2(3), new Flatten(), new Linear(3, 4)]),
      [2, 3, 1, 1],
    ],
  ];
  test.each(cases)("%s", (_, make, inputShape) => {
    const module = make();
    const one = fused(module, inputShape);
    expect(cost(one, inputShape).layers.length).toBeLessThan(cost(module, inputShape).layers.length);
    const x = randn(inputShape);
    expect(maxAbsDiff(compile(one, { inputShape }).run(x), module.forward(x))).toBeLessThan(2e-4);
  });

  test("signals, where something tells that they are", () => {
    const module = new Sequential([norm1(3), new Flatten(), new Linear(12, 4)]);
    expect(fuse(module).module).toBe(module);
    fused(module, [2, 3, 4], { inputShape: [2, 3, 4] });
    expect(fuse(module, { inputShape: [2, 3, 4] }).report.after.layers).toBe(2);
  });

  test("other images are refused as the norm refused them, and by a plan, costs and a second fusing too", () => {
    const module = new Sequential([norm2(4), new Flatten(), new Linear(48, 3)]);
    const one = fused(module, [2, 4, 3, 4]);
    for (const shape of [
      [2, 6, 2, 4],
      [2, 4, 12],
      [4, 6, 8],
      [2, 48],
      [2, 4, 2, 3, 2],
    ]) {
      for (const each of [module, one, fuse(one).module]) {
        expect(() => each.forward(randn(shape))).toThrow(ShapeError);
        expect(() => cost(each, shape)).toThrow(ShapeError);
        expect(() => compile(each, { inputShape: shape })).toThrow(ShapeError);
      }
    }
    expect(String(one)).toContain("(1): Flatten(start_dim=1, end_dim=-1)");
    expect(() => one.forward(randn([2, 6, 2, 4]))).toThrow(
      "Flatten: x must be [batch, 4, height, width]; got x.shape=[2,6,2,4]",
    );
  });

  test("factors that also take an image alone stay, but at a given shape", () => {
    const module = new Sequential([
      new Conv2d(3, 3, 1),
      new ReLU(),
      factors(3),
      new Flatten(),
      new Linear(20, 4),
    ]);
    const alone = randn([3, 4, 5]);
    expect(fuse(module).module).toBe(module);
    expect(module.forward(alone).shape).toEqual([3, 4]);
    const batched = new Sequential([new ReLU(), factors(3), new Flatten(), new Linear(60, 4)]);
    expect(
      fuse(batched, { inputShape: [2, 3, 4, 5] }).report.refused.map(({ reason }) => reason),
    ).toContainEqual(expect.stringContaining('(sizes: "given" with a batched inputShape would move them)'));
    const given = fuse(batched, { inputShape: [2, 3, 4, 5], sizes: "given" });
    expect(given.report.fused.map(({ atGivenSizes }) => atGivenSizes)).toEqual([true]);
    expect(String(given.report)).toContain("\nexact at that input's sizes only: 3\n");
    expect(verifyFusion(batched, given.module, { inputShape: [2, 3, 4, 5] }).ok).toBe(true);
  });

  test.each([
    ["what mixes channels", () => new Sequential([new Conv2d(3, 3, 1), new Flatten(), new Linear(60, 4)])],
    [
      "channels that are there twice",
      () => new Sequential([new Concat([norm2(3), norm2(3)]), new Flatten(), new Linear(120, 4)]),
    ],
    [
      "features that are no pixels of those channels",
      () => new Sequential([norm2(3), new Flatten(), new Linear(61, 4)]),
    ],
    [
      "a flattening that others read",
      () =>
        new Sequential([
          norm2(3),
          new Flatten(),
          new Sum([new Linear(60, 4), new Sequential([new ReLU(), new Linear(60, 4)])]),
        ]),
    ],
  ] as const)("%s stays", (_, make) => {
    const module = make();
    const { module: out, report } = fuse(module);
    expect(report.after.layers).toBe(report.before.layers);
    expect(out).toBe(module);
    expect(report.refused.length).toBeGreaterThan(0);
  });
});
