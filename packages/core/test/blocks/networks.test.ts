import { expect, test } from "vitest";
import { goldens } from "../../../../test/support/goldens.js";
import {
  cost,
  dbbResNet18,
  ecbsrM4C16,
  edgeOrientedBlock,
  fuse,
  type Module,
  manualSeed,
  mobileOneS0,
  repVggA0,
  Sequential,
  verifyFusion,
} from "../../src/index.js";
import { randomised } from "../fuse/randomise.mjs";

interface Case {
  readonly name: string;
  readonly make: () => Module;
  readonly inputShape: readonly number[];
  /** Exact counts; `published` is what they round to in what `source` names. */
  readonly before: number;
  readonly after: number;
  readonly published: readonly [before: string, after: string];
  readonly source: string;
  readonly digits: number;
  readonly unit: number;
}

const cases: readonly Case[] = [
  {
    name: "RepVGG-A0",
    make: () => repVggA0(),
    inputShape: [1, 3, 20, 24],
    before: 9_108_968,
    after: 8_309_384,
    published: ["9.11", "8.31"],
    source: "mmpretrain, configs/repvgg/README.md: 9.11 M (train), 8.31 M (deploy); RepVGG's table 4: 8.30 M",
    digits: 2,
    unit: 1e6,
  },
  {
    name: "MobileOne-S0",
    make: () => mobileOneS0(),
    inputShape: [1, 3, 20, 24],
    before: 5_293_272,
    after: 2_078_504,
    published: ["5.29", "2.08"],
    source: "mmpretrain, configs/mobileone/README.md: 5.29 M (train), and metafile.yml: 2078504 (deploy)",
    digits: 2,
    unit: 1e6,
  },
  {
    name: "DBB-ResNet-18",
    make: () => dbbResNet18(),
    inputShape: [1, 3, 20, 24],
    before: 26_288_296,
    after: 11_684_712,
    published: ["26.3", "11.7"],
    source:
      "before, no figure is at hand: counted from the definition in DingXiaoH/DiverseBranchBlock; torchvision's resnet18 after, 11,689,512, less 9,600 affine parameters and 4,800 biases more",
    digits: 1,
    unit: 1e6,
  },
  {
    name: "ECBSR-M4C16, x4",
    make: () => ecbsrM4C16(),
    inputShape: [1, 1, 7, 9],
    before: 47_120,
    after: 11_840,
    published: ["47.1", "11.8"],
    source:
      "one colour, as its authors train it: no figure is at hand; published ones, of three colours, are compared below",
    digits: 1,
    unit: 1e3,
  },
];

test.each(cases)(
  "$name: parameters as published, every statistic random, each block equal within rounding",
  ({ make, inputShape, before, after, published, digits, unit }) => {
    manualSeed(1);
    const network = randomised(make());
    const { module, report } = fuse(network);
    expect([report.before.parameters, report.after.parameters]).toEqual([before, after]);
    expect([before, after].map((count) => (count / unit).toFixed(digits))).toEqual(published);
    expect(report.after.buffers).toBe(0);
    const verdict = verifyFusion(network, module, { inputShape, trials: 0 });
    expect(verdict.ok, String(verdict)).toBe(true);
    expect(verdict.after.median).toBeLessThanOrEqual(verdict.before.median);
  },
  240_000,
);

test("torch.nn's layers, drawn up from the papers' tables, have as many parameters", () => {
  const counted = goldens<{ name: string; before: number; after: number }>("networks");
  const ours = cases.map(({ name, before, after }) => ({ name, before, after }));
  manualSeed(0);
  const { before, after } = fuse(ecbsrM4C16(2)).report;
  expect([...ours, { name: "ECBSR-M4C16, x2", before: before.parameters, after: after.parameters }]).toEqual(
    counted,
  );
});

test("MobileOne-S0 takes the published MACs at 224 x 224 after fusing", () => {
  manualSeed(0);
  const { macs, layers } = cost(fuse(mobileOneS0()).module, [1, 3, 224, 224]);
  // The published 274,136,576 (mmpretrain, metafile.yml) leaves out the classifier and counts an addition a pooled pixel.
  const classifier = layers.at(-1)?.macs ?? 0;
  expect(macs - classifier + 1024 * 7 * 7).toBe(274_136_576);
});

test("DBB-ResNet-18 has torchvision's resnet18's parameters after fusing, norms as biases", () => {
  // 11,689,512: https://docs.pytorch.org/vision/0.24/models/generated/torchvision.models.resnet18.html
  const channels = 64 + 4 * 64 + (4 + 1) * (128 + 256 + 512);
  expect(11_689_512 - 2 * channels + channels).toBe(11_684_712);
});

test.each([
  { upscale: 2, before: 47_088, after: 11_548 },
  { upscale: 4, before: 95_472, after: 16_768 },
])("ECBSR-M4C16 in three colours, x$upscale, has the published parameters", ({ upscale, before, after }) => {
  // ECNUSR/ETDS (CVPR 2023) logs them: "Network: ECBSR, with parameters: 95472" in experiments/ECBSR_M4C16_x4/train_*.log, and
  // "Network: ECBSRT, with parameters: 16768" in results/ECBSR_M4C16_x4/test_*.log. The first counts the filters, which are not learned.
  manualSeed(0);
  const network = new Sequential([
    edgeOrientedBlock(3, 16),
    ...Array.from({ length: 4 }, () => edgeOrientedBlock(16, 16)),
    edgeOrientedBlock(16, 3 * upscale ** 2, { activation: false }),
  ]);
  const { report } = fuse(network);
  expect(report.before.parameters + report.before.buffers).toBe(before);
  expect(report.after.parameters).toBe(after);
});

test("ECBSR-M4C16 x2 shares all but its last block", () => {
  manualSeed(0);
  const { report } = fuse(ecbsrM4C16(2));
  expect(report.after.parameters).toBe(10_100);
  expect(cost(ecbsrM4C16(2), [1, 1, 6, 5]).outputShape).toEqual([1, 1, 12, 10]);
});
