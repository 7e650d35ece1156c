import {
  AdaptiveAvgPool1d,
  AdaptiveAvgPool2d,
  AdaptiveAvgPool3d,
  AvgPool1d,
  AvgPool2d,
  AvgPool3d,
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
  Flatten,
  Identity,
  Linear,
  MaxPool1d,
  MaxPool2d,
  MaxPool3d,
  type Module,
  manualSeed,
  Pad2d,
  PReLU,
  ReLU,
  randn,
  Scale,
  Sequential,
  Sum,
} from "@convfuse/core";
import { randomStatistics } from "../fuse/layers.js";

function batchNorm(features: number): BatchNorm2d {
  return new BatchNorm2d(features, randomStatistics(features));
}

export function repVgg(channels: number, relu = true): Module {
  const conv = (k: number) =>
    new Sequential([
      new Conv2d(channels, channels, k, { padding: k >> 1, bias: false }),
      batchNorm(channels),
    ]);
  const sum = new Sum([conv(3), conv(1), batchNorm(channels)]);
  return relu ? new Sequential([sum, new ReLU()]) : sum;
}

manualSeed(0);
/** What each is, the module, the shape of its input. */
export const modules: readonly [string, Module, number[]][] = [
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
  [
    "a norm behind a sum",
    new Sequential([new Sum([new Conv2d(8, 8, 1), new Identity()]), batchNorm(8), new ReLU()]),
    [1, 8, 5, 6],
  ],
  ["a batch norm alone", batchNorm(11), [2, 11, 5, 6]],
  ["a batch norm of volumes alone", new BatchNorm3d(4, randomStatistics(4)), [2, 4, 3, 5, 6]],
  [
    "a batch norm behind what no engine computes, of volumes",
    new Sequential([new PReLU(4), new BatchNorm3d(4, randomStatistics(4)), new PReLU(4)]),
    [2, 4, 3, 2, 6],
  ],
  ["factors of features", new Sequential([new Linear(3, 9), new Scale(randn([9])), new ReLU()]), [4, 3]],
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
  ["unbatched images", new Sequential([new Conv2d(3, 4, 3), new ReLU()]), [3, 8, 9]],
  [
    "signals",
    new Sequential([
      new Conv1d(3, 20, 9, { padding: 4 }),
      new BatchNorm1d(20, randomStatistics(20)),
      new ReLU(),
      new Conv1d(20, 20, 5, { groups: 20, padding: [[1, 3]], dilation: 1 }),
      new Sum([new Conv1d(20, 20, 3, { padding: 2, dilation: 2 }), new Identity()]),
      new ReLU(),
      new MaxPool1d(3, { stride: 2, padding: 1 }),
      new AvgPool1d(2),
      new AdaptiveAvgPool1d(1),
      new Flatten(),
      new Linear(20, 3),
    ]),
    [2, 3, 61],
  ],
  [
    "volumes with sums and ReLU",
    new Sequential([
      new Conv3d(2, 9, 3, { padding: 1 }),
      new BatchNorm3d(9, randomStatistics(9)),
      new ReLU(),
      new Sum([new Conv3d(9, 9, [3, 1, 3], { padding: [1, 0, 1] }), new Identity()]),
      new ReLU(),
      new Conv3d(9, 12, 3, { stride: [2, 1, 2], dilation: [2, 1, 1], padding: 3, groups: 3 }),
      new ReLU(),
      new MaxPool3d(2, { ceilMode: true }),
      new AdaptiveAvgPool3d(1),
    ]),
    [2, 2, 5, 9, 8],
  ],
  [
    "a volume whose padding alone reaches some outputs",
    new Sequential([new Conv3d(3, 5, [2, 1, 1], { padding: [3, 2, 1], stride: [1, 2, 1] }), new ReLU()]),
    [1, 3, 2, 4, 3],
  ],
  [
    "transposed convolutions between others, which leave gaps and crop",
    new Sequential([
      new Conv2d(3, 10, 3, { padding: 1 }),
      new ReLU(),
      new ConvTranspose2d(10, 12, 4, { stride: 2, padding: 1 }),
      batchNorm(12),
      new ReLU(),
      new ConvTranspose2d(12, 8, 2, { stride: 3, outputPadding: 1 }),
      new Sum([new Conv2d(8, 8, 3, { padding: 1 }), new Identity()]),
      new ReLU(),
      new ConvTranspose2d(8, 6, 3, { padding: 2, groups: 2 }),
    ]),
    [2, 3, 7, 5],
  ],
  [
    "transposed signals",
    new Sequential([
      new ConvTranspose1d(8, 12, 16, { stride: 8, padding: 4 }),
      new ReLU(),
      new Conv1d(12, 2, 1),
    ]),
    [2, 8, 11],
  ],
  [
    "transposed volumes",
    new Sequential([
      new ConvTranspose3d(4, 9, [1, 2, 3], { stride: [2, 3, 2], dilation: [1, 2, 1], padding: [0, 1, 1] }),
      new Sum([new Identity(), new Conv3d(9, 9, 1)]),
      new ReLU(),
    ]),
    [1, 4, 3, 4, 5],
  ],
  [
    "pools of images",
    new Sequential([
      new Conv2d(3, 11, 3),
      new MaxPool2d(3, { stride: 2, padding: 1, ceilMode: true }),
      new ReLU(),
      new AvgPool2d(3, { stride: 1, padding: 1, countIncludePad: false }),
      new AvgPool2d(3, { stride: 2, padding: 1, ceilMode: true }),
      new Conv2d(11, 9, 1),
      new AvgPool2d(2, { stride: 1, divisorOverride: 7 }),
      new MaxPool2d(2, { stride: 1, dilation: 2 }),
      new AdaptiveAvgPool2d([3, 2]),
    ]),
    [2, 3, 33, 31],
  ],
  [
    "pools of volumes",
    new Sequential([
      new MaxPool3d([1, 2, 3], { stride: [1, 2, 1] }),
      new AvgPool3d(2, { stride: [1, 2, 1], padding: 1, countIncludePad: false }),
      new Conv3d(3, 8, 1),
      new AvgPool3d([3, 1, 2], { stride: 1 }),
      new AdaptiveAvgPool3d([2, 3, 2]),
    ]),
    [2, 3, 4, 12, 9],
  ],
  [
    "padding of its own",
    new Sequential([new Conv2d(3, 8, 3), new Pad2d([1, 2, 0, 3]), new Conv2d(8, 8, 3)]),
    [1, 3, 8, 7],
  ],
  [
    "signals that join",
    new Sequential([
      new Concat([new Conv1d(4, 8, 3), new Conv1d(4, 16, 3), new Conv1d(4, 5, 3)]),
      new ReLU(),
      new Conv1d(29, 3, 2),
    ]),
    [2, 4, 23],
  ],
  [
    "one image: convolutions, factors, a sum, a join and a pool",
    new Sequential([
      new Conv2d(3, 8, 3, { padding: 1 }),
      new Scale(randn([8])),
      new Sum([new Conv2d(8, 8, 1), new Identity()]),
      new Concat([new Conv2d(8, 16, 1), new Identity()]),
      new MaxPool2d(2),
      new Conv2d(24, 5, 2),
    ]),
    [3, 9, 8],
  ],
  [
    "one image of three pixels a side and three channels",
    new Sequential([new Scale(randn([3])), new Conv2d(3, 4, 1)]),
    [3, 3, 3],
  ],
  ["one row of features", new Sequential([new Linear(5, 4), new ReLU(), new Scale(randn([4]))]), [5]],
  [
    "an image whose pixels are taken for channels",
    new Sequential([new Conv2d(3, 6, 1), new PReLU(6, randn([6]))]),
    [3, 6, 7],
  ],
  [
    "an image whose channels are taken for a batch",
    new Sequential([new Conv2d(3, 6, 1), new Flatten()]),
    [3, 4, 7],
  ],
  ["wide layers", new Sequential([repVgg(64), new Conv2d(64, 40, 3, { stride: 2 })]), [1, 64, 15, 14]],
];
