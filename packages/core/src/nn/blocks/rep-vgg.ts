import { checkOptions, whole } from "../../checks.js";
import { ReLU } from "../layers/activation/relu.js";
import { defaultEps } from "../layers/norm/batch-norm.js";
import { BatchNorm2d } from "../layers/norm/batch-norm2d.js";
import { Sequential } from "../layers/sequential.js";
import { Sum } from "../layers/sum.js";
import type { Module } from "../module.js";
import { convBn, type DilatedBlockOptions, dilatedBlockOptionNames, keepsShape } from "./conv-bn.js";

/**
 * RepVGG's block: relu(bn(3x3) + bn(1x1) + bn(x)), the last one where input and output have the same shape.
 * Parameters `rbr_dense.conv.weight`, `rbr_1x1.conv.weight`, `rbr_identity.weight`, ...
 *
 * @param inChannels channels of x, [batch, inChannels, height, width]
 * @param outChannels channels of the output, [batch, outChannels, out height, out width]
 * @param options stride, groups, dilation, eps; see {@link DilatedBlockOptions}
 * @throws {ArgumentError} if a number or an option is outside its domain, or an option is unknown
 * @throws {ShapeError} if groups do not divide the channels
 * @see https://arxiv.org/abs/2101.03697, section 3.2
 * @example
 * fuse(repVggBlock(8, 8)).module; // one 3x3 convolution and the ReLU
 */
export function repVggBlock(
  inChannels: number,
  outChannels: number,
  options: DilatedBlockOptions = {},
): Sequential {
  checkOptions("repVggBlock", options, dilatedBlockOptionNames);
  const { stride = 1, groups = 1, dilation = 1, eps = defaultEps } = options;
  const padding = whole("repVggBlock", "dilation", dilation, 1);
  const branches: Record<string, Module> = {
    ...(keepsShape(inChannels, outChannels, stride) && {
      rbr_identity: new BatchNorm2d(inChannels, { eps }),
    }),
    rbr_dense: convBn(inChannels, outChannels, 3, { stride, padding, dilation, groups, eps }),
    rbr_1x1: convBn(inChannels, outChannels, 1, { stride, groups, eps }),
  };
  return new Sequential({
    "": new Sum(branches, { deployedAs: "rbr_reparam" }),
    nonlinearity: new ReLU(),
  });
}
