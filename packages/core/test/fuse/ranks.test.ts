import {
  BatchNorm1d,
  BatchNorm2d,
  BatchNorm3d,
  Concat,
  Conv1d,
  Conv2d,
  Conv3d,
  ConvTranspose1d,
  ConvTranspose2d,
  ConvTranspose3d,
  conv2dOfKernel,
  embedKernel,
  foldBatchNorm,
  fuse,
  Identity,
  identityKernel,
  kernelOf,
  Linear,
  type Module,
  manualSeed,
  ones,
  ReLU,
  randn,
  Scale,
  Sequential,
  Sum,
  verifyFusion,
} from "@convfuse/core";
import { describe, expect, test } from "vitest";
import { randomStatistics } from "./layers.js";

manualSeed(11);

const cases: readonly (readonly [string, Module, readonly number[], string])[] = [
  [
    "Conv1d, norm",
    new Sequential([
      new Conv1d(4, 6, 3, { padding: 1, stride: 2, groups: 2 }),
      new BatchNorm1d(6, randomStatistics(6)),
    ]),
    [2, 4, 15],
    "Conv1d",
  ],
  [
    "Conv1d, 1x1 and identity",
    new Sum([new Conv1d(4, 4, 3, { padding: 1 }), new Conv1d(4, 4, 1), new Identity()]),
    [2, 4, 11],
    "Conv1d",
  ],
  [
    "Conv3d, norm",
    new Sequential([
      new Conv3d(3, 4, [2, 3, 1], { padding: [1, 1, 0], dilation: [1, 2, 1] }),
      new BatchNorm3d(4, randomStatistics(4)),
    ]),
    [1, 3, 4, 7, 5],
    "Conv3d",
  ],
  [
    "Conv3d of two sizes",
    new Sum([new Conv3d(3, 4, 3, { padding: 1 }), new Conv3d(3, 4, [1, 3, 1], { padding: [0, 1, 0] })]),
    [1, 3, 4, 5, 6],
    "Conv3d",
  ],
  [
    "ConvTranspose1d, norm",
    new Sequential([
      new ConvTranspose1d(4, 6, 3, { stride: 2, padding: 1, outputPadding: 1, groups: 2 }),
      new BatchNorm1d(6, randomStatistics(6)),
    ]),
    [2, 4, 7],
    "ConvTranspose1d",
  ],
  [
    "ConvTranspose2d, norm",
    new Sequential([
      new ConvTranspose2d(3, 4, [4, 3], { stride: [2, 3], padding: 1 }),
      new BatchNorm2d(4, randomStatistics(4)),
    ]),
    [2, 3, 5, 6],
    "ConvTranspose2d",
  ],
  [
    "norm, ConvTranspose2d without padding's holes: a scale alone",
    new Sequential([new Scale(randn([3])), new ConvTranspose2d(3, 4, 3, { stride: 2 })]),
    [1, 3, 4, 5],
    "ConvTranspose2d",
  ],
  [
    "ConvTranspose3d, norm",
    new Sequential([new ConvTranspose3d(2, 3, 2, { stride: 2 }), new BatchNorm3d(3, randomStatistics(3))]),
    [1, 2, 3, 4, 2],
    "ConvTranspose3d",
  ],
  [
    "Linear, norm",
    new Sequential([new Linear(8, 5), new BatchNorm1d(5, randomStatistics(5))]),
    [3, 8],
    "Linear",
  ],
  [
    "two heads with norms, averaged",
    new Sequential([
      new Sum([
        new Sequential([new BatchNorm1d(8, randomStatistics(8)), new Linear(8, 5)]),
        new Sequential([new BatchNorm1d(8, randomStatistics(8)), new Linear(8, 5)]),
      ]),
      new Scale(0.5),
    ]),
    [3, 8],
    "Linear",
  ],
  [
    "channels that only a sibling knows",
    new Sum([
      new Conv2d(3, 27, 3, { padding: 1 }),
      new Concat(Array.from({ length: 9 }, () => new Identity())),
    ]),
    [1, 3, 6, 7],
    "Conv2d",
  ],
];

describe("fuse of any rank", () => {
  test.each(cases)("%s is one layer", (_, module, inputShape, type) => {
    const { module: fused, report } = fuse(module, { inputShape });
    expect(fused.typeName).toBe(type);
    expect(report.after.layers).toBe(1);
    expect(report.fused[0]?.rangeAfter.max).toBeGreaterThan(report.fused[0]?.rangeAfter.min as number);
    expect(verifyFusion(module, fused, { inputShape, trials: 3 }).ok).toBe(true);
  });

  test("two heads with norms and their mean: 122 parameters become 45", () => {
    const [, module] = cases.find(([name]) => name.startsWith("two heads")) as (typeof cases)[number];
    const { before, after } = fuse(module, { inputShape: [3, 8] }).report;
    expect([before.parameters, after.parameters]).toEqual([122, 45]);
  });

  test("what is exact at the given sizes only is fused when asked, and the report says so", () => {
    const block = new Sum([
      new Conv2d(3, 4, 3, {
        stride: 2,
        padding: [
          [0, 1],
          [0, 1],
        ],
      }),
      new Conv2d(3, 4, 1, { stride: 2 }),
    ]);
    const inputShape = [1, 3, 8, 10];
    expect(fuse(block, { inputShape }).module).toBe(block);
    const { module, report } = fuse(block, { inputShape, sizes: "given" });
    expect(module.typeName).toBe("Conv2d");
    expect(report.fused.map(({ atGivenSizes }) => atGivenSizes)).toEqual([true]);
    expect(verifyFusion(block, module, { inputShape, trials: 3 }).ok).toBe(true);
  });

  test("branches of several bases, nested: what shares a base merges", () => {
    const inner = new Sequential([new ReLU(), new Conv2d(4, 4, 3, { padding: 1 })]);
    const block = new Sum([new Conv2d(4, 4, 3, { padding: 1 }), new Conv2d(4, 4, 1), inner]);
    const { module, report } = fuse(block, { inputShape: [1, 4, 6, 5] });
    expect(report.after.layers).toBeLessThan(report.before.layers);
    expect(verifyFusion(block, module, { inputShape: [1, 4, 6, 5], trials: 3 }).ok).toBe(true);
  });
});

describe("kernels that a layer cannot be", () => {
  test("a Conv2d has two axes, and neither upsamples nor crops", () => {
    expect(() => conv2dOfKernel(kernelOf(new Conv1d(2, 3, 3)))).toThrow("the kernel must have two axes");
    const transposed = kernelOf(new ConvTranspose2d(2, 3, 3, { stride: 2 }));
    expect(() => conv2dOfKernel(transposed)).toThrow("a Conv2d neither upsamples nor crops");
  });

  test("a kernel is embedded in one of as many axes", () => {
    expect(() => embedKernel(identityKernel(2), [3])).toThrow(
      "kernelSize must hold one size an axis of the kernel",
    );
  });

  test("a variance that no root can be taken of is no norm to fold", () => {
    const norm = new BatchNorm2d(2, { runningVar: negative(2) });
    expect(() => foldBatchNorm(kernelOf(new Conv2d(3, 2, 1)), norm)).toThrow(
      "variance + eps must be above 0",
    );
  });
});

function negative(size: number) {
  const values = ones([size]);
  values.set(0, -1);
  return values;
}
