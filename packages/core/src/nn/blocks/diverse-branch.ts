import { checkOptions } from "../../checks.js";
import { Conv2d } from "../layers/conv/conv2d.js";
import { Identity } from "../layers/identity.js";
import { defaultEps } from "../layers/norm/batch-norm.js";
import { BatchNorm2d } from "../layers/norm/batch-norm2d.js";
import { Pad2d } from "../layers/pad2d.js";
import { AvgPool2d } from "../layers/pool/avg-pool2d.js";
import { Sequential } from "../layers/sequential.js";
import { Sum } from "../layers/sum.js";
import type { Module } from "../module.js";
import { type BlockOptions, blockOptionNames, convBn, halfOf } from "./conv-bn.js";

/**
 * The diverse branch block: bn(kxk) + bn(1x1) + 1x1-bn-kxk-bn + 1x1-bn-average-bn. The border between the
 * layers of a branch is what the batch norm makes of zero: padding before it, where the 1x1 has no bias, is
 * that. Parameters `dbb_origin.conv.weight`, `dbb_avg.bn.bn.weight`, `dbb_1x1_kxk.idconv1.weight`, ...
 *
 * @param inChannels channels of x, [batch, inChannels, height, width]
 * @param outChannels channels of the output, [batch, outChannels, out height, out width]
 * @param kernelSize odd
 * @param options stride, groups, eps; see {@link BlockOptions}
 * @throws {ArgumentError} if it is not
 * @throws {ShapeError} if groups do not divide the channels
 * @see https://arxiv.org/abs/2103.13425, section 3.3
 * @example
 * fuse(diverseBranchBlock(8, 8, 3)).module; // one 3x3 convolution
 */
export function diverseBranchBlock(
  inChannels: number,
  outChannels: number,
  kernelSize: number,
  options: BlockOptions = {},
): Sum {
  checkOptions("diverseBranchBlock", options, blockOptionNames);
  const { stride = 1, groups = 1, eps = defaultEps } = options;
  const padding = halfOf("diverseBranchBlock", "kernelSize", kernelSize);
  const depthwise = groups >= outChannels;
  const pointwise = (out: number): Conv2d => new Conv2d(inChannels, out, 1, { groups, bias: false });
  const average = (pad: number): Module => new AvgPool2d(kernelSize, { stride, padding: pad });
  const middle = depthwise ? 2 * inChannels : inChannels;
  const branches = {
    dbb_origin: convBn(inChannels, outChannels, kernelSize, { stride, padding, groups, eps }),
    ...(!depthwise && { dbb_1x1: convBn(inChannels, outChannels, 1, { stride, groups, eps }) }),
    dbb_avg: new Sequential({
      ...(depthwise
        ? { avg: average(padding) }
        : { conv: pointwise(outChannels), bn: padThenNorm(outChannels, padding, eps), avg: average(0) }),
      avgbn: new BatchNorm2d(outChannels, { eps }),
    }),
    dbb_1x1_kxk: new Sequential({
      ...(depthwise
        ? { conv1: pointwise(middle) }
        : { idconv1: new Sum({ "": pointwise(middle), ".identity": new Identity() }) }),
      bn1: padThenNorm(middle, padding, eps),
      conv2: new Conv2d(middle, outChannels, kernelSize, { stride, groups, bias: false }),
      bn2: new BatchNorm2d(outChannels, { eps }),
    }),
  };
  return new Sum(branches, { deployedAs: "dbb_reparam" });
}

/** Batch normalisation with a border of what it makes of zero. */
function padThenNorm(channels: number, padding: number, eps: number): Sequential {
  return new Sequential({ pad: new Pad2d(padding), bn: new BatchNorm2d(channels, { eps }) });
}
