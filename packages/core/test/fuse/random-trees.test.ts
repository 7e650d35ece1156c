import { setEngine } from "@convfuse/core";
import { expect, test } from "vitest";
import { checkTree } from "./check-tree.js";

const count = Number(process.env.CONVFUSE_TREES ?? 300);
const first = Number(process.env.CONVFUSE_FIRST ?? 1000 * Number(process.env.CONVFUSE_SEED ?? 1));

const everyLayer = [
  ...[
    "AdaptiveAvgPool2d",
    "AvgPool2d",
    "BatchNorm1d",
    "BatchNorm2d",
    "Concat",
    "Conv2d",
    "Flatten",
    "GELU",
    "Identity",
  ],
  ...[
    "Linear",
    "MaxPool2d",
    "PReLU",
    "Pad2d",
    "PixelShuffle",
    "Product",
    "ReLU",
    "Scale",
    "Sequential",
    "Sigmoid",
    "Sum",
  ],
];

test(
  `${count} random trees from seed ${first} on: fused within the bound, impulse responses to 1e-12, throwing where they threw`,
  async () => {
    // Which side is nearer is about the weights: sums in float32 would add noise of the same size.
    await setEngine("reference");
    const kinds = { one: 0, parts: 0, kept: 0, throws: 0 };
    const layers = new Set<string>();
    const nearer = { before: 0, after: 0, neither: 0 };
    for (let seed = first; seed < first + count; seed++) {
      const { kind, problems, nearer: side, layers: drawn } = checkTree(seed);
      expect(problems, `seed ${seed}`).toEqual([]);
      kinds[kind]++;
      for (const name of drawn) layers.add(name);
      if (side !== undefined) nearer[side]++;
    }
    // A generator that only draws trees of one kind would prove little. A few trees need not have all kinds.
    if (count < 300) return;
    expect(kinds.one).toBeGreaterThan(count / 4);
    expect(kinds.parts + kinds.kept).toBeGreaterThan(count / 20);
    expect([...layers].sort()).toEqual(everyLayer);
    // Rounding happens once, so the fused side should not be the farther one more often than not.
    expect(nearer.after + nearer.neither).toBeGreaterThan(nearer.before);
  },
  120_000 + 2_000 * count,
);
