import {
  AdaptiveAvgPool2d,
  AvgPool2d,
  BatchNorm2d,
  Concat,
  Conv2d,
  compile,
  Flatten,
  Identity,
  Linear,
  type Module,
  manualSeed,
  maxAbsDiff,
  ReLU,
  rand,
  randn,
  Scale,
  Sequential,
  ShapeError,
  Sum,
  setEngine,
  tensor,
  zeros,
} from "@convfuse/core";
import { describe, expect, test } from "vitest";

function batchNorm(features: number): BatchNorm2d {
  return new BatchNorm2d(features, {
    weight: randn([features]),
    bias: randn([features]),
    runningMean: randn([features]),
    runningVar: tensor([...rand([features]).data].map((v) => v + 0.5)),
  });
}

function repVgg(channels: number, relu = true): Module {
  const conv = (k: number) =>
    new Sequential([
      new Conv2d(channels, channels, k, { padding: k >> 1, bias: false }),
      batchNorm(channels),
    ]);
  const sum = new Sum([conv(3), conv(1), batchNorm(channels)]);
  return relu ? new Sequential([sum, new ReLU()]) : sum;
}

manualSeed(0);
const modules: [string, Module, number[]][] = [
  ["a convolution", new Conv2d(5, 7, 3, { padding: 1 }), [2, 5, 9, 8]],
  ["a convolution with few channels", new Conv2d(2, 2, 3, { padding: 1 }), [1, 2, 9, 9]],
  ["a RepVGG block", repVgg(16), [1, 16, 11, 13]],
  [
    "RepVGG blocks whose channels do not fill blocks",
    new Sequential([repVgg(13), repVgg(13)]),
    [2, 13, 9, 10],
  ],
  ["an identity", new Identity(), [1, 3, 4, 5]],
  ["the sum of x and x", new Sum([new Identity(), new Identity()]), [1, 3, 4, 5]],
  ["ReLU of the input", new ReLU(), [1, 3, 4, 5]],
  [
    "a value that is used before and after ReLU",
    new Sequential([new Conv2d(8, 8, 3), new Sum([new Identity(), new ReLU(), new Conv2d(8, 8, 1)])]),
    [1, 8, 7, 9],
  ],
  ["a batch norm alone", batchNorm(11), [2, 11, 5, 6]],
  ["scales", new Sequential([new Conv2d(3, 9, 2), new Scale(-0.5), new Scale(randn([9]))]), [1, 3, 5, 6]],
  [
    "whole blocks, concatenated",
    new Concat([new Conv2d(4, 16, 3), new Conv2d(4, 8, 3), new Conv2d(4, 3, 3)]),
    [2, 4, 8, 7],
  ],
  ["parts of blocks, concatenated", new Concat([new Conv2d(4, 5, 1), new Identity()]), [2, 4, 8, 7]],
  [
    "grouped, depthwise, strided and dilated convolutions",
    new Sequential([
      new Conv2d(3, 12, 3, { stride: 2, padding: 1 }),
      new Conv2d(12, 24, 3, { groups: 3, padding: [2, 1] }),
      new Conv2d(24, 24, 5, { groups: 24, padding: 2 }),
      new ReLU(),
      new Conv2d(24, 32, 1, { groups: 4 }),
      new Conv2d(32, 32, 3, { groups: 4, padding: 2, dilation: 2 }),
      new Conv2d(32, 6, 3, { groups: 2 }),
    ]),
    [1, 3, 17, 19],
  ],
  ["other borders", new Conv2d(3, 4, 3, { padding: 1, paddingMode: "reflect" }), [1, 3, 6, 7]],
  [
    "layers without a kernel in between",
    new Sequential([new Conv2d(3, 8, 3), new AvgPool2d(2), repVgg(8), new AvgPool2d(2, { stride: 1 })]),
    [2, 3, 12, 11],
  ],
  [
    "a classifier",
    new Sequential([
      new Conv2d(3, 20, 3, { stride: 2 }),
      new ReLU(),
      new AdaptiveAvgPool2d(1),
      new Flatten(),
      new Linear(20, 10),
      new ReLU(),
      new Linear(10, 4),
    ]),
    [3, 3, 13, 12],
  ],
  ["flattened images", new Sequential([new Conv2d(2, 3, 2), new Flatten(), new Linear(60, 5)]), [2, 2, 5, 6]],
  ["wide layers", new Sequential([repVgg(64), new Conv2d(64, 40, 3, { stride: 2 })]), [1, 64, 15, 14]],
];

describe.each(["wasm exact", "wasm fast", "reference"])("compile on %s", (engine) => {
  const choose = async () => {
    const [name = "", precision] = engine.split(" ");
    await setEngine(name, precision === "exact" ? { precision: "exact" } : {});
  };

  test.each(modules)("%s gives what forward gives", async (_, module, inputShape) => {
    await choose();
    const plan = compile(module, { inputShape });
    for (let i = 0; i < 3; i++) {
      const x = randn(inputShape);
      await setEngine("reference");
      const expected = module.forward(x);
      const y = plan.run(x);
      expect(y.shape).toEqual(expected.shape);
      const largest = expected.data.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
      expect(maxAbsDiff(y, expected)).toBeLessThan(2e-5 * largest);
      const out = zeros(expected.shape);
      expect(plan.run(x, out)).toBe(out);
      expect(maxAbsDiff(out, y)).toBe(0);
    }
  });

  test("refuses another shape than the compiled one", async () => {
    await choose();
    const plan = compile(new Conv2d(3, 2, 3), { inputShape: [1, 3, 5, 5] });
    expect(() => plan.run(randn([1, 3, 5, 6]))).toThrow(
      new ShapeError("Plan.run", "x must be [1,3,5,5], as compiled", { "x.shape": [1, 3, 5, 6] }),
    );
  });

  test("refuses to write where the result does not fit", async () => {
    await choose();
    const plan = compile(new Conv2d(3, 2, 3), { inputShape: [1, 3, 5, 5] });
    const x = randn([1, 3, 5, 5]);
    expect(() => plan.run(x, zeros([1, 2, 3, 4]))).toThrow(
      new ShapeError("Plan.run", "out must be [1,2,3,3]", { "out.shape": [1, 2, 3, 4] }),
    );
    expect(() => plan.run(x, zeros([1, 2, 3, 3]).transpose(0, 1, 3, 2))).toThrow(
      "Plan.run: out must be row-major; got out.stride=[18,9,1,3]",
    );
  });

  test("keeps infinities and NaN where forward has them", async () => {
    await choose();
    const module = new Sequential([repVgg(20, false), new Conv2d(20, 17, 3, { padding: 1 })]);
    const plan = compile(module, { inputShape: [1, 20, 12, 12] });
    const x = randn([1, 20, 12, 12]);
    x.set(0, 3, 0, 0, Number.POSITIVE_INFINITY);
    const y = plan.run(x);
    const expected = module.forward(x);
    expect([...y.data].map(Number.isFinite)).toEqual([...expected.data].map(Number.isFinite));
  });
});

test("a plan keeps the weights of the time when it was compiled", async () => {
  await setEngine("wasm");
  const conv = new Conv2d(3, 2, 3);
  const plan = compile(conv, { inputShape: [1, 3, 5, 5] });
  const x = randn([1, 3, 5, 5]);
  const before = plan.run(x);
  conv.weight.data.fill(0);
  expect(plan.run(x).data).toEqual(before.data);
});

test("a plan profiles each layer, with the names of the tree", async () => {
  await setEngine("wasm", { precision: "exact" });
  const module = new Sequential({ stem: new Conv2d(3, 8, 3), block: repVgg(8) });
  const rows = compile(module, { inputShape: [1, 3, 16, 16] }).profile(randn([1, 3, 16, 16]));
  expect(rows.map((row) => [row.path, row.label, row.kernel])).toEqual([
    ["", "planes to blocks", "f32_layout simd"],
    ["stem", "Conv2d", "f32_conv_4x8 simd"],
    ["block.0.0.0", "Conv2d + BatchNorm2d", "f32_conv_4x8 simd"],
    ["block.0.1.0", "Conv2d + BatchNorm2d + Sum", "f32_conv_4x8 simd"],
    ["block.0.2", "BatchNorm2d + Sum + ReLU", "f32_depthwise_6x4 simd"],
    ["", "blocks to planes", "f32_layout simd"],
  ]);
  for (const row of rows) expect(row.bytes).toBeGreaterThan(0);
});
