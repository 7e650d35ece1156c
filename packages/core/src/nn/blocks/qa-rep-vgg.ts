import { checkOptions, whole } from "../../checks.js";
import { ReLU } from "../layers/activation/relu.js";
import { Conv2d } from "../layers/conv/conv2d.js";
import { Identity } from "../layers/identity.js";
import { defaultEps } from "../layers/norm/batch-norm.js";
import { BatchNorm2d } from "../layers/norm/batch-norm2d.js";
import { Sequential } from "../layers/sequential.js";
import { Sum } from "../layers/sum.js";
import { convBn, type DilatedBlockOptions, dilatedBlockOptionNames, keepsShape } from "./conv-bn.js";

/**
 * QARepVGG's block: relu(bn(bn(3x3) + 1x1 + x)), which keeps the fused weights' range small.
 * Parameters `rbr_dense.conv.weight`, `rbr_1x1.weight`, `bn.weight`, ...
 *
 * @param inChannels channels of x, [batch, inChannels, height, width]
 * @param outChannels channels of the output, [batch, outChannels, out height, out width]
 * @param options stride, groups, dilation, eps; see {@link DilatedBlockOptions}
 * @throws {ArgumentError} if a number or an option is outside its domain, or an option is unknown
 * @throws {ShapeError} if groups do not divide the channels
 * @see https://arxiv.org/abs/2212.01593, section 4
 * @example
 * fuse(qaRepVggBlock(8, 8)).module; // one 3x3 convolution and the ReLU
 */
export function qaRepVggBlock(
  inChannels: number,
  outChannels: number,
  options: DilatedBlockOptions = {},
): Sequential {
  checkOptions("qaRepVggBlock", options, dilatedBlockOptionNames);
  const { stride = 1, groups = 1, dilation = 1, eps = defaultEps } = options;
  const padding = whole("qaRepVggBlock", "dilation", dilation, 1);
  const branches = {
    rbr_dense: convBn(inChannels, outChannels, 3, { stride, padding, dilation, groups, eps }),
    rbr_1x1: new Conv2d(inChannels, outChannels, 1, { stride, groups, bias: false }),
    ...(keepsShape(inChannels, outChannels, stride) && { rbr_identity: new Identity() }),
  };
  const normed = { "": new Sum(branches), bn: new BatchNorm2d(outChannels, { eps }) };
  return new Sequential({
    "": new Sequential(normed, { deployedAs: "rbr_reparam" }),
    nonlinearity: new ReLU(),
  });
}
