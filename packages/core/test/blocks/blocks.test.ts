import { beforeEach, describe, expect, test } from "vitest";
import { decode, goldens } from "../../../../test/support/goldens.js";
import {
  acBlock,
  dilatedKernelSizes,
  dilatedReparamBlock,
  diverseBranchBlock,
  edgeOrientedBlock,
  fuse,
  largeKernelConv,
  loadStateDict,
  type Module,
  manualSeed,
  maxAbsDiff,
  mobileOneBlock,
  qaRepVggBlock,
  randn,
  repGhostModule,
  repMixer,
  repVggBlock,
  repVitBlock,
  repVitDownsample,
  stateDict,
  verifyFusion,
} from "../../src/index.js";
import { randomised } from "../fuse/randomise.mjs";
import { type BlockGolden, drawnState, goldenBlocks } from "./published.js";

interface Case {
  readonly name: string;
  readonly make: () => Module;
  readonly channels: number;
  /** The layers that are left, printed. */
  readonly fused: readonly string[];
}

const relu = "ReLU()";
const cases: readonly Case[] = [
  {
    name: "RepVGG",
    make: () => repVggBlock(6, 6),
    channels: 6,
    fused: ["Conv2d(6, 6, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))", relu],
  },
  {
    name: "RepVGG, grouped, stride 2",
    make: () => repVggBlock(6, 4, { stride: 2, groups: 2 }),
    channels: 6,
    fused: ["Conv2d(6, 4, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), groups=2)", relu],
  },
  {
    name: "QARepVGG",
    make: () => qaRepVggBlock(5, 5),
    channels: 5,
    fused: ["Conv2d(5, 5, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))", relu],
  },
  {
    name: "ACNet",
    make: () => acBlock(3, 5, 5, { stride: 2 }),
    channels: 3,
    fused: ["Conv2d(3, 5, kernel_size=(5, 5), stride=(2, 2), padding=(2, 2))"],
  },
  {
    name: "DBB",
    make: () => diverseBranchBlock(4, 6, 3),
    channels: 4,
    fused: ["Conv2d(4, 6, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))"],
  },
  {
    name: "DBB, grouped, stride 2",
    make: () => diverseBranchBlock(4, 8, 5, { groups: 2, stride: 2 }),
    channels: 4,
    fused: ["Conv2d(4, 8, kernel_size=(5, 5), stride=(2, 2), padding=(2, 2), groups=2)"],
  },
  {
    name: "DBB, depthwise",
    make: () => diverseBranchBlock(4, 4, 3, { groups: 4 }),
    channels: 4,
    fused: ["Conv2d(4, 4, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), groups=4)"],
  },
  {
    name: "MobileOne, depthwise",
    make: () => mobileOneBlock(4, 4, 3, { groups: 4, branches: 4 }),
    channels: 4,
    fused: ["Conv2d(4, 4, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), groups=4)", relu],
  },
  {
    name: "MobileOne, pointwise",
    make: () => mobileOneBlock(4, 6, 1, { branches: 3 }),
    channels: 4,
    fused: ["Conv2d(4, 6, kernel_size=(1, 1), stride=(1, 1))", relu],
  },
  {
    name: "RepLKNet",
    make: () => largeKernelConv(3, 3, 13, 5, { groups: 3 }),
    channels: 3,
    fused: ["Conv2d(3, 3, kernel_size=(13, 13), stride=(1, 1), padding=(6, 6), groups=3)"],
  },
  ...dilatedKernelSizes.map((size) => ({
    name: `UniRepLKNet, ${size}x${size}`,
    make: () => dilatedReparamBlock(2, size),
    channels: 2,
    fused: [
      `Conv2d(2, 2, kernel_size=(${size}, ${size}), stride=(1, 1), padding=(${(size - 1) / 2}, ${(size - 1) / 2}), groups=2)`,
    ],
  })),
  {
    name: "FastViT's RepMixer",
    make: () => repMixer(5, 3),
    channels: 5,
    fused: ["Conv2d(5, 5, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), groups=5)"],
  },
  {
    name: "RepViT",
    make: () => repVitBlock(4, 8),
    channels: 4,
    fused: [
      "Conv2d(4, 4, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), groups=4)",
      "Identity()",
      "Conv2d(4, 8, kernel_size=(1, 1), stride=(1, 1))",
      "GELU(approximate='none')",
      "Conv2d(8, 4, kernel_size=(1, 1), stride=(1, 1))",
    ],
  },
  {
    name: "RepViT, with its gate",
    make: () => repVitBlock(4, 8, { squeezeExcite: true }),
    channels: 4,
    fused: [
      "Conv2d(4, 4, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), groups=4)",
      "Identity()",
      "AdaptiveAvgPool2d(output_size=1)",
      "Conv2d(4, 8, kernel_size=(1, 1), stride=(1, 1))",
      relu,
      "Conv2d(8, 4, kernel_size=(1, 1), stride=(1, 1))",
      "Sigmoid()",
      "Identity()",
      "Conv2d(4, 8, kernel_size=(1, 1), stride=(1, 1))",
      "GELU(approximate='none')",
      "Conv2d(8, 4, kernel_size=(1, 1), stride=(1, 1))",
    ],
  },
  {
    name: "RepViT, stride 2",
    make: () => repVitDownsample(4, 6, { squeezeExcite: true }),
    channels: 4,
    fused: [
      "Conv2d(4, 4, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), groups=4)",
      "Identity()",
      "AdaptiveAvgPool2d(output_size=1)",
      "Conv2d(4, 8, kernel_size=(1, 1), stride=(1, 1))",
      relu,
      "Conv2d(8, 4, kernel_size=(1, 1), stride=(1, 1))",
      "Sigmoid()",
      "Conv2d(4, 6, kernel_size=(1, 1), stride=(1, 1))",
      "Identity()",
      "Conv2d(6, 12, kernel_size=(1, 1), stride=(1, 1))",
      "GELU(approximate='none')",
      "Conv2d(12, 6, kernel_size=(1, 1), stride=(1, 1))",
    ],
  },
  {
    name: "ECBSR",
    make: () => edgeOrientedBlock(3, 4),
    channels: 3,
    fused: ["Conv2d(3, 4, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))", "PReLU(num_parameters=4)"],
  },
  {
    name: "ECBSR, with identity, without activation",
    make: () => edgeOrientedBlock(4, 4, { identity: true, activation: false }),
    channels: 4,
    fused: ["Conv2d(4, 4, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))"],
  },
  {
    name: "RepGhost",
    make: () => repGhostModule(3, 6),
    channels: 3,
    fused: [
      "Conv2d(3, 6, kernel_size=(1, 1), stride=(1, 1))",
      relu,
      "Conv2d(6, 6, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), groups=6)",
      relu,
    ],
  },
];

beforeEach(() => manualSeed(11));

describe.each(cases)("$name", ({ make, channels, fused }) => {
  test("fuses into what its paper says, equal within rounding", () => {
    const block = randomised(make());
    const { module } = fuse(block);
    expect(leaves(module).map(String)).toEqual(fused);
    const verdict = verifyFusion(block, module, { inputShape: [2, channels, 9, 14], trials: 3 });
    expect(verdict.ok, String(verdict)).toBe(true);
  });

  test("no two of its tensors have one name", () => {
    const block = make();
    expect(new Set([...block.parameters().keys(), ...block.buffers().keys()])).toEqual(
      new Set(stateDict(block).keys()),
    );
    expect(stateDict(block).size).toBe(tensorCount(block));
  });
});

const blockGoldens = goldens<BlockGolden>("blocks");

test("each published block has a checkpoint", () => {
  expect(blockGoldens.map(({ name }) => name)).toEqual(Object.keys(goldenBlocks));
});

test.each(blockGoldens)("a published checkpoint of $name loads and gives what PyTorch gives", (golden) => {
  const block = (goldenBlocks[golden.name] as () => Module)();
  manualSeed(golden.seed);
  const x = randn(golden.x);
  const state = drawnState(golden, block);
  // Strict: no name is missing, none is left over, every shape fits.
  const loaded = loadStateDict(block, state);
  const want = decode(golden.data, golden.y);
  const scale = Math.max(...want.data.map(Math.abs));
  for (const module of [loaded, fuse(loaded).module]) {
    const y = module.forward(x);
    expect(y.shape).toEqual([...golden.y]);
    expect(maxAbsDiff(y, want)).toBeLessThan(2e-6 * scale);
  }
});

test("a gate squeezes to a quarter of the channels, to the nearest multiple of 8", () => {
  const squeezed = [8, 40, 48, 80, 100, 112, 384].map((channels) =>
    repVitBlock(channels, 2 * channels, { squeezeExcite: true })
      .parameters()
      .get("token_mixer.1.fc1.bias"),
  );
  expect(squeezed.map((bias) => bias?.size)).toEqual([8, 8, 16, 24, 24, 32, 96]);
});

test("a gate is where fusing stops, as an activation is: it is no sum that is refused", () => {
  const { report } = fuse(repVitBlock(4, 8, { squeezeExcite: true }));
  expect(report.refused.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
    "channel_mixer: its branches start from different values",
    "token_mixer.1.fc1: nothing to merge with: it stands between a pooling and ReLU",
    "token_mixer.1.fc2: nothing to merge with: it stands between ReLU and Sigmoid",
  ]);
});

test.each([
  [() => acBlock(3, 4, 2), "acBlock: kernelSize must be odd; got kernelSize=2"],
  [() => diverseBranchBlock(3, 4, 4), "diverseBranchBlock: kernelSize must be odd; got kernelSize=4"],
  [() => largeKernelConv(3, 3, 8, 3), "largeKernelConv: kernelSize must be odd; got kernelSize=8"],
  [() => largeKernelConv(3, 3, 7, 4), "largeKernelConv: smallKernel must be odd; got smallKernel=4"],
  [() => mobileOneBlock(3, 4, 6), "mobileOneBranches: kernelSize must be odd; got kernelSize=6"],
  [() => repMixer(3, 0), "mobileOneBranches: kernelSize must be a whole number, 1 or more; got kernelSize=0"],
])("%s: branches of even kernels do not meet", (make, message) => expect(make).toThrow(message));

test("a dilated block of an unknown size is refused", () => {
  expect(() => dilatedReparamBlock(2, 6)).toThrow(
    "dilatedReparamBlock: kernelSize must be one of 17, 15, 13, 11, 9, 7, 5; got kernelSize=6",
  );
});

function leaves(module: Module): Module[] {
  const children = [...module.children().values()];
  return children.length === 0 ? [module] : children.flatMap(leaves);
}

function tensorCount(module: Module): number {
  const own = module.ownParameters().size + module.ownBuffers().size;
  return [...module.children().values()].reduce((sum, child) => sum + tensorCount(child), own);
}
