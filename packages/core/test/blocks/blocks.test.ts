import { beforeEach, describe, expect, test } from "vitest";
import {
  acBlock,
  dilatedKernelSizes,
  dilatedReparamBlock,
  diverseBranchBlock,
  edgeOrientedBlock,
  fuse,
  largeKernelConv,
  type Module,
  manualSeed,
  mobileOneBlock,
  qaRepVggBlock,
  repGhostModule,
  repMixer,
  repVggBlock,
  repVitBlock,
  repVitDownsample,
  stateDict,
  verifyFusion,
} from "../../src/index.js";
import { randomised } from "../fuse/randomise.mjs";

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
      "GELU()",
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
      "GELU()",
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
      "GELU()",
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

test("the tensors are named as in the published checkpoints", () => {
  const names = (block: Module): string[] =>
    [...stateDict(block).keys()].filter((name) => !/\.(running_mean|running_var|bias)$/.test(name));
  expect(names(repVggBlock(2, 2))).toEqual([
    "rbr_identity.weight",
    "rbr_dense.conv.weight",
    "rbr_dense.bn.weight",
    "rbr_1x1.conv.weight",
    "rbr_1x1.bn.weight",
  ]);
  expect(names(qaRepVggBlock(2, 2))).toEqual([
    "rbr_dense.conv.weight",
    "rbr_dense.bn.weight",
    "rbr_1x1.weight",
    "bn.weight",
  ]);
  expect(names(acBlock(2, 2, 3))).toEqual([
    "square_conv.weight",
    "square_bn.weight",
    "ver_conv.weight",
    "ver_bn.weight",
    "hor_conv.weight",
    "hor_bn.weight",
  ]);
  expect(names(diverseBranchBlock(2, 2, 3))).toEqual([
    "dbb_origin.conv.weight",
    "dbb_origin.bn.weight",
    "dbb_1x1.conv.weight",
    "dbb_1x1.bn.weight",
    "dbb_avg.conv.weight",
    "dbb_avg.bn.bn.weight",
    "dbb_avg.avgbn.weight",
    "dbb_1x1_kxk.idconv1.weight",
    "dbb_1x1_kxk.bn1.bn.weight",
    "dbb_1x1_kxk.conv2.weight",
    "dbb_1x1_kxk.bn2.weight",
  ]);
  expect(names(mobileOneBlock(2, 2, 3, { branches: 2 }))).toEqual([
    "rbr_skip.weight",
    "rbr_scale.conv.weight",
    "rbr_scale.bn.weight",
    "rbr_conv.0.conv.weight",
    "rbr_conv.0.bn.weight",
    "rbr_conv.1.conv.weight",
    "rbr_conv.1.bn.weight",
  ]);
  expect(names(largeKernelConv(2, 2, 7, 3))).toEqual([
    "lkb_origin.conv.weight",
    "lkb_origin.bn.weight",
    "small_conv.conv.weight",
    "small_conv.bn.weight",
  ]);
  expect(names(dilatedReparamBlock(2, 5))).toEqual([
    "lk_origin.weight",
    "origin_bn.weight",
    "dil_conv_k3_1.weight",
    "dil_bn_k3_1.weight",
    "dil_conv_k3_2.weight",
    "dil_bn_k3_2.weight",
  ]);
  expect(names(repMixer(2, 3))).toEqual([
    "mixer.rbr_skip.weight",
    "mixer.rbr_scale.conv.weight",
    "mixer.rbr_scale.bn.weight",
    "mixer.rbr_conv.0.conv.weight",
    "mixer.rbr_conv.0.bn.weight",
    "norm.rbr_skip.weight",
    "layer_scale",
  ]);
  expect(names(repVitBlock(2, 4))).toEqual([
    "token_mixer.0.conv.c.weight",
    "token_mixer.0.conv.bn.weight",
    "token_mixer.0.conv1.weight",
    "token_mixer.0.bn.weight",
    "channel_mixer.m.0.c.weight",
    "channel_mixer.m.0.bn.weight",
    "channel_mixer.m.2.c.weight",
    "channel_mixer.m.2.bn.weight",
  ]);
  expect(names(repVitBlock(2, 4, { squeezeExcite: true })).slice(4, 6)).toEqual([
    "token_mixer.1.fc1.weight",
    "token_mixer.1.fc2.weight",
  ]);
  expect(names(repVitDownsample(2, 4))).toEqual([
    "token_mixer.0.c.weight",
    "token_mixer.0.bn.weight",
    "token_mixer.2.c.weight",
    "token_mixer.2.bn.weight",
    "channel_mixer.m.0.c.weight",
    "channel_mixer.m.0.bn.weight",
    "channel_mixer.m.2.c.weight",
    "channel_mixer.m.2.bn.weight",
  ]);
  expect(names(edgeOrientedBlock(2, 2))).toEqual([
    "conv3x3.weight",
    "conv1x1_3x3.k0",
    "conv1x1_3x3.b0",
    "conv1x1_3x3.k1",
    "conv1x1_3x3.b1",
    ...["sbx", "sby", "lpl"].flatMap((edge) =>
      ["k0", "b0", "mask", "scale"].map((name) => `conv1x1_${edge}.${name}`),
    ),
    "act.weight",
  ]);
  expect(names(repGhostModule(2, 4))).toEqual([
    "primary_conv.0.weight",
    "primary_conv.1.weight",
    "cheap_operation.0.weight",
    "cheap_operation.1.weight",
    "fusion_bn.0.weight",
  ]);
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
  expect(report.refused).toEqual([
    { path: "channel_mixer", reason: 'branch "m" is not one convolution: GELU is not linear' },
  ]);
});

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
