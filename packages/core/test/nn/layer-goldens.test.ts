import {
  AdaptiveAvgPool2d,
  AvgPool2d,
  BatchNorm1d,
  BatchNorm2d,
  type BatchNormLayerOptions,
  Conv2d,
  type Conv2dLayerOptions,
  Flatten,
  Identity,
  Linear,
  MaxPool2d,
  type Module,
  manualSeed,
  type Pair,
  PixelShuffle,
  PReLU,
  ReLU,
  Sequential,
  Sigmoid,
} from "@convfuse/core";
import { describe, expect, test } from "vitest";
import { goldens, hash } from "../../../../test/support/goldens.js";

interface Args extends Conv2dLayerOptions, BatchNormLayerOptions {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: Pair;
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly numFeatures: number;
  readonly bias: boolean & BatchNormLayerOptions["bias"];
}

interface Case {
  readonly seed: number;
  readonly layers: readonly {
    readonly kind: "Conv2d" | "Linear" | "BatchNorm2d";
    readonly args: Args;
    readonly repr: string;
    readonly tensors: Readonly<Record<string, { readonly shape: number[]; readonly sha256: string }>>;
  }[];
}

const make: Readonly<Record<Case["layers"][number]["kind"], (args: Args) => Module>> = {
  Conv2d: ({ inChannels, outChannels, kernelSize, ...options }) =>
    new Conv2d(inChannels, outChannels, kernelSize, options),
  Linear: ({ inFeatures, outFeatures, bias }) => new Linear(inFeatures, outFeatures, { bias }),
  BatchNorm2d: ({ numFeatures, eps = 1e-5, affine = true }) => new BatchNorm2d(numFeatures, { eps, affine }),
};

const cases = goldens<Case>("layers");

test("60 layers are compared", () => {
  expect(cases.flatMap((c) => c.layers)).toHaveLength(60);
});

describe.each(cases)("five layers after manualSeed($seed)", ({ seed, layers }) => {
  test("hold PyTorch's initial weights, bit for bit, and print as PyTorch's", () => {
    manualSeed(seed);
    for (const { kind, args, repr, tensors } of layers) {
      const layer = make[kind](args);
      expect(String(layer)).toBe(repr);
      const own = Object.fromEntries(
        [...layer.parameters()].map(([name, x]) => [name, { shape: x.shape, sha256: hash(x) }]),
      );
      const expected = Object.fromEntries(
        Object.entries(tensors).map(([name, { shape, sha256 }]) => [name, { shape, sha256 }]),
      );
      expect(own, repr).toEqual(expected);
    }
  });
});

const modules: Readonly<Record<string, Module>> = {
  identity: new Identity(),
  relu: new ReLU(),
  pool: new AvgPool2d(2),
  "pool with options": new AvgPool2d([2, 3], { stride: [1, 2], padding: [1, 0], ceilMode: true }),
  "adaptive pool": new AdaptiveAvgPool2d(1),
  "adaptive pool to two sizes": new AdaptiveAvgPool2d([3, 2]),
  "batch norm of vectors": new BatchNorm1d(7, { eps: 1e-3 }),
  flatten: new Flatten(),
  "max pool": new MaxPool2d([3, 2], { stride: 2, padding: 1 }),
  slopes: new PReLU(3),
  shuffle: new PixelShuffle(2),
  gate: new Sigmoid(),
  empty: new Sequential([]),
  nested: new Sequential([
    new Conv2d(3, 4, 3, { bias: false }),
    new Sequential([new BatchNorm2d(4), new ReLU()]),
    new Linear(4, 2),
  ]),
};

test.each(goldens<{ name: string; text: string }>("repr"))("$name prints as PyTorch's", ({ name, text }) => {
  expect(String(modules[name])).toBe(text);
});
