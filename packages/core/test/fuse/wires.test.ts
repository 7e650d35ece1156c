import { describe, expect, test } from "vitest";
import {
  AvgPool2d,
  BatchNorm1d,
  BatchNorm2d,
  Concat,
  Conv2d,
  cost,
  Dropout,
  type FusedSubtree,
  fuse,
  Identity,
  Linear,
  type Module,
  manualSeed,
  ReLU,
  randn,
  Scale,
  Sequential,
  Sigmoid,
  Sum,
  tensor,
  verifyFusion,
  zeros,
} from "../../src/index.js";
import { randomStatistics } from "./layers.js";
import { chain, ladder, twice } from "./random-wired-tree.js";

manualSeed(265);

describe("wires that nobody but their composition knows", () => {
  const norm = new BatchNorm2d(3, randomStatistics(3));
  const a = new Sequential([norm, new Dropout(0.3), new Conv2d(3, 3, 1)]);
  const b = new Sequential([
    new Conv2d(3, 3, 1, { groups: 3, bias: false }),
    new AvgPool2d(3, { stride: 1, padding: 1 }),
  ]);

  test("what no tree can say stays as it is, with the reason", () => {
    const module = new Concat([new Conv2d(3, 1, 1), twice(ladder(a, b))]);
    const { module: fused, report } = fuse(module);
    expect(verifyFusion(module, fused, { inputShape: [2, 3, 5, 6], trials: 1 }).ok).toBe(true);
    expect(fused).toBe(module);
    expect(report.refused.map(({ reason }) => reason)).toContain(
      "no tree with these branches computes what would be left",
    );
  });

  test("by itself the same is fused in part", () => {
    const { module: fused, report } = fuse(ladder(a, b));
    expect(verifyFusion(ladder(a, b), fused, { inputShape: [2, 3, 5, 6], trials: 1 }).ok).toBe(true);
    expect(report.after.layers).toBeLessThan(report.before.layers);
  });

  test("what follows a sum goes into its convolutions, and the report counts these and nothing that stays", () => {
    const branch = (front: Module, size: number): Sequential =>
      new Sequential([front, new Conv2d(2, 3, size, { padding: size >> 1 })]);
    const module = chain(new Sum([branch(new ReLU(), 3), branch(new Sigmoid(), 1)]), new Scale(randn([3])));
    const { module: fused, report } = fuse(module, { inputShape: [1, 2, 6, 5] });
    expect(verifyFusion(module, fused, { inputShape: [2, 2, 6, 5], trials: 2 }).ok).toBe(true);
    expect(fused).toBeInstanceOf(Sum);
    expect([report.before.layers, report.after.layers]).toEqual([6, 5]);
    const [{ path, sources, before, after }, ...others] = report.fused as readonly [FusedSubtree];
    expect(others).toEqual([]);
    expect([path, sources]).toEqual(["", ["a.0.1", "a.1.1", "b"]]);
    // Two convolutions and their sum, with and without the scale.
    expect([before.layers, after.layers]).toEqual([4, 3]);
    expect([before.parameters, after.parameters]).toEqual([57 + 9 + 3, 57 + 9]);
    expect([before.macs, after.macs]).toEqual([30 * (54 + 6), 30 * (54 + 6)]);
    const plane = 4 * 30;
    const sums = (2 + 3 + 2 + 3 + 3 * 3) * plane;
    expect([before.activationBytes, after.activationBytes]).toEqual([sums + 6 * plane, sums]);
  });

  test("layers count as often as they run, and where wires meet", () => {
    const conv = new Conv2d(3, 3, 3, { padding: 1 });
    for (const module of [twice(twice(conv)), ladder(conv, new ReLU()), twice(ladder(conv, new ReLU()))])
      expect(fuse(module).report.before.layers).toBe(cost(module, [1, 3, 5, 4]).layers.length);
  });
});

test("features one by one: factors in a row are one factor each, and go into a linear layer", () => {
  const scale = (): Scale => new Scale(randn([4]));
  const cases: readonly (readonly [Module, string])[] = [
    [new Sequential([scale(), scale()]), "Scale(4)"],
    [new Sum([scale(), new Identity()]), "Scale(4)"],
    [
      new Sequential([scale(), new Linear(4, 3), new Scale(randn([3]))]),
      "Linear(in_features=4, out_features=3, bias=True)",
    ],
    [
      new Sum([scale(), new Linear(4, 4), new Identity()]),
      "Linear(in_features=4, out_features=4, bias=True)",
    ],
  ];
  for (const [module, name] of cases) {
    const { module: fused } = fuse(module, { inputShape: [3, 4] });
    expect(String(fused)).toBe(name);
    expect(verifyFusion(module, fused, { inputShape: [3, 4], trials: 2 }).ok).toBe(true);
    expect(fuse(fused, { inputShape: [3, 4] }).module).toBe(fused);
  }
  // Without a shape it may as well be an image.
  for (const [module] of cases.slice(0, 2)) {
    const { module: fused } = fuse(module);
    expect(String(fused)).toBe("Scale(4)");
    for (const inputShape of [
      [3, 4],
      [2, 4, 5, 3],
      [4, 5, 3],
    ])
      expect(verifyFusion(module, fused, { inputShape, trials: 1 }).ok).toBe(true);
  }
  for (const front of [scale(), new BatchNorm1d(4, randomStatistics(4))]) {
    const module = new Sequential([front, new Linear(4, 3)]);
    expect(fuse(module).module).toBe(module);
  }
  const { refused } = fuse(new Sequential([new BatchNorm1d(4), new Linear(4, 3)])).report;
  expect(refused.map(({ reason }) => reason)).toContain(
    "nothing here tells the number of axes (inputShape would)",
  );
});

test("a sum with a branch that stays names it, rather than say that its branches have nothing in common", () => {
  const { refused } = fuse(new Sum([new Identity(), new BatchNorm1d(4)])).report;
  expect(refused.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
    "1: nothing here tells the number of axes (inputShape would)",
    ": its branch 1 stays: nothing here tells the number of axes (inputShape would)",
  ]);
});

test("one channel: a factor of it may be a feature's or an image's, which only a shape tells", () => {
  const module = new Sequential([new Scale(randn([1])), new Scale(randn([1]))]);
  const { module: same, report } = fuse(module);
  expect(same).toBe(module);
  expect(report.refused.map(({ reason }) => reason)).toContain(
    "nothing here tells the number of axes (inputShape would)",
  );
  for (const inputShape of [
    [3, 1],
    [2, 1, 4, 5],
  ]) {
    const { module: fused } = fuse(module, { inputShape });
    expect(fused.children().size).toBe(0);
    expect(verifyFusion(module, fused, { inputShape, trials: 2 }).ok).toBe(true);
  }
});

test("features one by one: norms in a row, and in sums, are one norm", () => {
  const norm = (): BatchNorm1d => new BatchNorm1d(4, randomStatistics(4));
  for (const module of [
    new Sequential([norm(), norm()]),
    new Sequential([new Scale(randn([4])), norm(), norm(), new Scale(randn([4]))]),
    new Sum([norm(), new Identity()]),
    new Sum([norm(), norm()]),
  ]) {
    const { module: fused } = fuse(module, { inputShape: [3, 4] });
    expect(fused).toBeInstanceOf(BatchNorm1d);
    expect(verifyFusion(module, fused, { inputShape: [3, 4], trials: 20 }).ok).toBe(true);
    expect(fuse(fused, { inputShape: [3, 4] }).module).toBe(fused);
  }
});

test("one norm for two is as near to them as their own rounding, also where nearly all of x is taken away", () => {
  const means = tensor([1000, -3e6, 0.1, 7e-20]);
  const first = new BatchNorm1d(4, {
    ...randomStatistics(4),
    runningMean: means,
    bias: tensor([0, 1e-4, 0, 1e-24]),
  });
  const second = new BatchNorm1d(4, { ...randomStatistics(4), runningMean: zeros([4]), bias: zeros([4]) });
  const { module: fused } = fuse(new Sequential([first, second]), { inputShape: [64, 4] });
  expect(fused).toBeInstanceOf(BatchNorm1d);
  const noise = randn([64, 4]);
  const x = zeros([64, 4]);
  x.data.forEach((_, i) => {
    const mean = means.data[i % 4] as number;
    x.data[i] = mean * (1 + 1e-5 * (1 + Math.abs(noise.data[i] as number)));
  });
  const middle = first.forward(x);
  const [expected, got] = [second.forward(middle), fused.forward(x)];
  // Each result was rounded once, and what the first norm gave was before: half a step of float32 each.
  expected.data.forEach((value, i) => {
    const difference = Math.abs((got.data[i] as number) - value);
    expect(difference / Math.abs(value)).toBeLessThanOrEqual(3 * 2 ** -24);
  });
});

test("what a norm for two cannot hold in float32 stays two", () => {
  const huge = (): BatchNorm1d => new BatchNorm1d(2, { weight: tensor([3e38, 1]) });
  const module = new Sequential([huge(), huge()]);
  const { module: fused, report } = fuse(module, { inputShape: [3, 2] });
  expect(fused).toBe(module);
  expect(report.refused.map(({ reason }) => reason).join("; ")).toMatch(
    /the fused weight is not finite in float32/,
  );
});

test("a factor of 0 gives the shift, and one that is next to nothing too", () => {
  const norm = (weight: readonly number[]): BatchNorm1d =>
    new BatchNorm1d(2, {
      weight: tensor([...weight]),
      bias: tensor([0.1, -0.3]),
      runningVar: tensor([0.7, 2]),
    });
  const module = new Sequential([norm([1, 1e-30]), norm([0, 1e-30])]);
  const { module: fused } = fuse(module, { inputShape: [3, 2] });
  expect(fused).toBeInstanceOf(BatchNorm1d);
  expect(verifyFusion(module, fused, { inputShape: [3, 2] }).ok).toBe(true);
});
