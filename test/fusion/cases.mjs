// Published networks and blocks, and the input that each is measured with.

import {
  acBlock,
  BatchNorm2d,
  Conv2d,
  dbbResNet18,
  dilatedReparamBlock,
  diverseBranchBlock,
  ecbsrM4C16,
  edgeOrientedBlock,
  largeKernelConv,
  mobileOneBlock,
  mobileOneS0,
  qaRepVggBlock,
  repGhostModule,
  repMixer,
  repVggA0,
  repVggBlock,
  repVitBlock,
  Sequential,
} from "@convfuse/core";

/** @typedef {readonly [name: string, make: () => import("../../packages/core/src/index.js").Module, inputShape: readonly number[]]} Case */

/** What is published as a whole network. @type {readonly Case[]} */
export const networks = [
  ["RepVGG-A0", repVggA0, [1, 3, 20, 24]],
  ["MobileOne-S0", mobileOneS0, [1, 3, 20, 24]],
  ["DBB-ResNet-18", dbbResNet18, [1, 3, 20, 24]],
  ["ECBSR-M4C16", ecbsrM4C16, [1, 1, 7, 9]],
];

/** The name of the case that is no re-parameterized block: what every network has. */
export const lone = "convolution, norm";

const image = [1, 24, 14, 17];

/** Single blocks. @type {readonly Case[]} */
export const blocks = [
  [lone, () => new Sequential([new Conv2d(24, 24, 3, { padding: 1 }), new BatchNorm2d(24)]), image],
  ["RepVGG block", () => repVggBlock(24, 24), image],
  ["QARepVGG block", () => qaRepVggBlock(24, 24), image],
  ["ACNet block", () => acBlock(24, 24, 3), image],
  ["DBB", () => diverseBranchBlock(24, 24, 3), image],
  ["MobileOne block", () => mobileOneBlock(24, 24, 3, { groups: 24, branches: 4 }), image],
  ["RepLKNet, 13x13", () => largeKernelConv(24, 24, 13, 5, { groups: 24 }), image],
  ["UniRepLKNet, 13x13", () => dilatedReparamBlock(24, 13), image],
  ["RepMixer", () => repMixer(24, 3), image],
  ["RepViT block", () => repVitBlock(24, 48), image],
  ["ECB", () => edgeOrientedBlock(24, 24), image],
  ["RepGhost module", () => repGhostModule(24, 48), image],
];
