import { expect, test } from "vitest";
import {
  AdaptiveAvgPool2d,
  AvgPool2d,
  BatchNorm1d,
  Concat,
  Conv2d,
  Flatten,
  GELU,
  Identity,
  Linear,
  MaxPool2d,
  type Module,
  manualSeed,
  Pad2d,
  PixelShuffle,
  PReLU,
  Product,
  ReLU,
  randn,
  Scale,
  Sequential,
  setEngine,
} from "../../src/index.js";
import { evaluate } from "../../src/proof/evaluation/evaluate.js";
import { widened } from "../../src/proof/evaluation/wide.js";
import { randomBatchNorm, randomStatistics } from "../fuse/layers.js";

const layers: readonly (readonly [name: string, make: () => Module, shape: readonly number[]])[] = [
  [
    "convolution",
    () => new Conv2d(6, 9, [3, 2], { stride: [2, 1], padding: [1, 2], groups: 3 }),
    [2, 6, 8, 7],
  ],
  [
    "dilated",
    () => new Conv2d(4, 40, 3, { dilation: 2, padding: 2, paddingMode: "reflect" }),
    [1, 4, 12, 13],
  ],
  ["wide", () => new Conv2d(40, 50, 3, { padding: 1 }), [1, 40, 9, 11]],
  ["linear", () => new Linear(30, 7), [3, 30]],
  ["batch norm", () => randomBatchNorm(5), [2, 5, 3, 4]],
  ["average pool", () => new AvgPool2d(3, { stride: 2, padding: 1, ceilMode: true }), [2, 3, 6, 8]],
  ["max pool", () => new MaxPool2d([3, 2], { stride: [2, 1], padding: [1, 0] }), [2, 3, 7, 5]],
  ["slopes", () => new PReLU(3, randn([3])), [2, 3, 4, 5]],
  ["shuffle", () => new PixelShuffle(3), [2, 18, 2, 3]],
  ["activation", () => new GELU(), [2, 3, 4, 5]],
  ["rectifier", () => new ReLU(), [2, 3, 4, 5]],
  ["batch norm of features", () => new BatchNorm1d(5, randomStatistics(5)), [7, 5]],
  ["factor", () => new Scale(-0.3), [2, 3, 4]],
  ["factors", () => new Scale(randn([3])), [3, 4, 5]],
  ["zeros around", () => new Pad2d([1, 2, 0, -1]), [2, 3, 4, 5]],
  ["reflected", () => new Pad2d([1, 2, 3, 1], { mode: "reflect" }), [3, 4, 5]],
  ["wrapped", () => new Pad2d([1, 0, 2, 1], { mode: "circular" }), [1, 3, 4, 5]],
  ["a constant around", () => new Pad2d(1, { value: 0.3 }), [1, 3, 4, 5]],
  ["adaptive pool", () => new AdaptiveAvgPool2d([3, 2]), [2, 3, 7, 5]],
  ["global pool", () => new AdaptiveAvgPool2d(1), [3, 7, 5]],
  [
    "average of what is there",
    () => new AvgPool2d([3, 2], { padding: 1, countIncludePad: false }),
    [3, 7, 5],
  ],
  ["flatten", () => new Flatten(), [2, 3, 4, 5]],
  ["product", () => new Product([new Identity(), new AdaptiveAvgPool2d(1)]), [2, 3, 4, 5]],
  ["concatenation", () => new Concat([new Identity(), new Scale(2)]), [3, 4, 5]],
];

test.each(layers)(
  "%s: the float64 evaluation rounds to what the reference engine gives, within its bound",
  async (_, make, shape) => {
    await setEngine("reference");
    manualSeed(4);
    const layer = make();
    const x = randn(shape);
    const wide = evaluate(layer, widened(x));
    const out = layer.forward(x);
    expect(wide.shape).toEqual([...out.shape]);
    wide.values.forEach((value, i) => {
      expect(Math.abs((out.data[i] as number) - value)).toBeLessThanOrEqual(wide.errors[i] as number);
      // One rounding is half a unit in the last place; a bound that allows for thousands would say little.
      expect(wide.errors[i]).toBeLessThan(1e-6 * (1 + 40 * Math.abs(value)));
    });
  },
);

test("what goes from layer to layer is float64", () => {
  manualSeed(5);
  const first = new Conv2d(3, 8, 3);
  const layers = [new ReLU(), new PReLU(8, randn([8])), new MaxPool2d(2), new PixelShuffle(2), new GELU()];
  const { values } = evaluate(new Sequential([first, ...layers]), widened(randn([1, 3, 9, 11])));
  // Of values that had been rounded to float32 on the way, none of the many below 1 would need more than 24 bits.
  expect(values.filter((value) => value !== 0 && Math.fround(value) !== value).length).toBeGreaterThan(10);
  const moved = evaluate(
    new Sequential([first, ...layers.slice(1, 4)]),
    widened(randn([1, 3, 9, 11])),
  ).values;
  expect(moved.filter((value) => Math.fround(value) !== value).length).toBeGreaterThan(10);
});

test("a weight that is not finite reaches only the outputs that read it", () => {
  const conv = new Conv2d(1, 2, 1, { bias: false });
  conv.weight.data[1] = Number.POSITIVE_INFINITY;
  const { values } = evaluate(conv, widened(randn([1, 1, 2, 2])));
  expect(values.subarray(0, 4).every(Number.isFinite)).toBe(true);
  expect(values.subarray(4).some(Number.isFinite)).toBe(false);
});
