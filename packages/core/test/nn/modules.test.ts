import {
  AdaptiveAvgPool2d,
  AvgPool2d,
  adaptiveAvgPool2d,
  add,
  avgPool2d,
  BatchNorm1d,
  BatchNorm2d,
  batchNorm,
  Concat,
  Conv2d,
  cat,
  conv2d,
  describeDifference,
  Flatten,
  Identity,
  Linear,
  linear,
  type Module,
  manualSeed,
  mul,
  Pad2d,
  pad,
  ReLU,
  rand,
  randn,
  relu,
  Scale,
  Sequential,
  Sum,
  type Tensor,
  tensor,
} from "@convfuse/core";
import { expect, test } from "vitest";

manualSeed(30);
const x = randn([2, 4, 7, 5]);
const conv = new Conv2d(4, 6, [3, 2], {
  padding: [
    [1, 0],
    [2, 1],
  ],
  stride: [2, 1],
  groups: 2,
  paddingMode: "reflect",
});
const statistics = { runningMean: randn([4]), runningVar: rand([4]) };
const affine = { weight: randn([4]), bias: randn([4]) };

/** Each layer with the same computed by ops. */
const layers: readonly (readonly [name: string, module: Module, expected: () => Tensor])[] = [
  ["Conv2d", conv, () => conv2d(x, conv.weight, conv.bias, conv.options)],
  [
    "BatchNorm2d",
    new BatchNorm2d(4, { ...statistics, ...affine, eps: 0.01 }),
    () => batchNorm(x, statistics.runningMean, statistics.runningVar, { ...affine, eps: 0.01 }),
  ],
  [
    "BatchNorm2d in training",
    new BatchNorm2d(4, { ...statistics, training: true, affine: false }),
    () => batchNorm(x, undefined, undefined, { training: true }),
  ],
  ["AvgPool2d", new AvgPool2d([3, 2], { stride: 1 }), () => avgPool2d(x, [3, 2], { stride: 1 })],
  ["AdaptiveAvgPool2d", new AdaptiveAvgPool2d([3, 1]), () => adaptiveAvgPool2d(x, [3, 1])],
  [
    "Pad2d",
    new Pad2d([1, 0, 2, -1], { mode: "replicate" }),
    () => pad(x, [1, 0, 2, -1], { mode: "replicate" }),
  ],
  ["Pad2d with one number", new Pad2d(1, { value: -3 }), () => pad(x, [1, 1, 1, 1], { value: -3 })],
  ["Flatten", new Flatten(), () => tensor(x.data, [2, 140])],
  ["ReLU", new ReLU(), () => relu(x)],
  ["Identity", new Identity(), () => x],
  ["Scale by a number", new Scale(-1.5), () => mul(x, -1.5)],
  [
    "Scale by a tensor",
    new Scale(affine.weight),
    () => conv2d(x, tensor(affine.weight.data, [4, 1, 1, 1]), undefined, { groups: 4 }),
  ],
  ["Sequential", new Sequential([new ReLU(), new Scale(2)]), () => mul(relu(x), 2)],
  ["an empty Sequential", new Sequential([]), () => x],
  ["Sum", new Sum([new Identity(), new ReLU(), new Scale(3)]), () => add(add(x, relu(x)), mul(x, 3))],
  ["Concat", new Concat({ first: new ReLU(), second: new Identity() }), () => cat([relu(x), x], 1)],
];

test.each(layers)(
  "%s computes what its op computes, and rebuilt without changes the same",
  (_name, module, expected) => {
    expect(describeDifference(module.forward(x), expected())).toBeUndefined();
    expect(describeDifference(module.rebuild(new Map(), new Map()).forward(x), expected())).toBeUndefined();
  },
);

test("Scale by a number multiplies by its float32 neighbour, as PyTorch does", () => {
  // torch.tensor([1.125, 1.625, 2.25, 2.625]) * 0.1: by 0.1 itself, each would be the next smaller float32.
  const scaled = new Scale(0.1).forward(
    tensor([
      [
        [
          [1.125, 1.625],
          [2.25, 2.625],
        ],
      ],
    ]),
  );
  expect([...scaled.data]).toEqual([
    0.11250000447034836, 0.16250000894069672, 0.22500000894069672, 0.26250001788139343,
  ]);
});

test("Linear works on the last axis, and on unbatched images Scale and Concat find the channels", () => {
  const layer = new Linear(5, 3);
  expect(describeDifference(layer.forward(x), linear(x, layer.weight, layer.bias))).toBeUndefined();
  const image = x.pick(1);
  const both = new Concat([new Identity(), new Scale(affine.bias)]).forward(image);
  expect(both.shape).toEqual([8, 7, 5]);
  expect(both.get(5, 2, 3)).toBe(Math.fround(image.get(1, 2, 3) * affine.bias.get(1)));
});

test("BatchNorm1d normalises the columns of [batch, features]", () => {
  const rows = randn([5, 4]);
  const y = new BatchNorm1d(4, { ...statistics, ...affine }).forward(rows);
  const expected = batchNorm(rows, statistics.runningMean, statistics.runningVar, affine);
  expect(describeDifference(y, expected)).toBeUndefined();
});

test("parameters and buffers have PyTorch's dotted names, in its order", () => {
  const model = new Sequential({
    stem: new Conv2d(4, 4, 1),
    block: new Sum([
      new Conv2d(4, 4, 1, { bias: false }),
      new Sequential([new BatchNorm2d(4), new Scale(affine.bias)]),
    ]),
  });
  expect([...model.parameters().keys()]).toEqual([
    "stem.weight",
    "stem.bias",
    "block.0.weight",
    "block.1.0.weight",
    "block.1.0.bias",
    "block.1.1.scale",
  ]);
  expect([...model.buffers().keys()]).toEqual(["block.1.0.running_mean", "block.1.0.running_var"]);
});

test("rebuild puts tensors in their places, in a new module", () => {
  const weight = randn([6, 2, 3, 2]);
  const bias = randn([6]);
  const other = conv.rebuild(new Map(Object.entries({ weight, bias })));
  expect(describeDifference(other.forward(x), conv2d(x, weight, bias, conv.options))).toBeUndefined();
  expect(
    describeDifference(conv.forward(x), conv2d(x, conv.weight, conv.bias, conv.options)),
  ).toBeUndefined();

  const norm = new BatchNorm2d(4).rebuild(
    new Map(
      Object.entries({ running_mean: statistics.runningMean, running_var: statistics.runningVar, ...affine }),
    ),
  );
  const expected = batchNorm(x, statistics.runningMean, statistics.runningVar, affine);
  expect(describeDifference(norm.forward(x), expected)).toBeUndefined();
});

test("modules are values: frozen, and nested they print as PyTorch prints", () => {
  expect(Object.isFrozen(conv)).toBe(true);
  expect(String(new Sum({ left: new Identity(), right: new Sequential([new Scale(0.1)]) }))).toBe(
    "Sum(\n  (left): Identity()\n  (right): Sequential(\n    (0): Scale(0.1)\n  )\n)",
  );
});
