import { checkOptions, type OptionNames, whole } from "../../checks.js";
import { ReLU } from "../layers/activation/relu.js";
import { defaultEps } from "../layers/norm/batch-norm.js";
import { BatchNorm2d } from "../layers/norm/batch-norm2d.js";
import { Sequential } from "../layers/sequential.js";
import { Sum } from "../layers/sum.js";
import { type BlockOptions, blockOptionNames, convBn, halfOf, keepsShape } from "./conv-bn.js";

/** The options of a MobileOne block. */
export interface MobileOneOptions extends BlockOptions {
  /** How many kxk branches; default 1. */
  readonly branches?: number;
  /** False: no 1x1 branch. Default: true where the kernel is larger than 1x1. */
  readonly scaleBranch?: boolean;
}

const mobileOneOptionNames: OptionNames<MobileOneOptions> = {
  ...blockOptionNames,
  branches: true,
  scaleBranch: true,
};

/**
 * MobileOne's branches: several bn(kxk), one bn(1x1), and bn(x) where input and output have the same shape.
 * Parameters `rbr_conv.0.conv.weight`, `rbr_scale.conv.weight`, `rbr_skip.weight`, ...
 *
 * @param inChannels channels of x, [batch, inChannels, height, width]
 * @param outChannels channels of the output, [batch, outChannels, out height, out width]
 * @param kernelSize odd
 * @param options stride, groups, eps, branches, scaleBranch; see {@link MobileOneOptions}
 * @throws {ArgumentError} if it is not, or branches is no whole number of at least 0
 * @throws {ShapeError} if groups do not divide the channels
 * @see https://arxiv.org/abs/2206.04040, section 3.3
 * @example
 * const { module } = fuse(mobileOneBranches(8, 8, 3, { groups: 8, branches: 4 }));
 * String(module); // "Conv2d(8, 8, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), groups=8)"
 */
export function mobileOneBranches(
  inChannels: number,
  outChannels: number,
  kernelSize: number,
  options: MobileOneOptions = {},
): Sum {
  checkOptions("mobileOneBranches", options, mobileOneOptionNames);
  const { stride = 1, groups = 1, eps = defaultEps, branches = 1, scaleBranch = kernelSize > 1 } = options;
  whole("mobileOneBranches", "branches", branches, 0);
  const padding = halfOf("mobileOneBranches", "kernelSize", kernelSize);
  const one = (): Sequential => convBn(inChannels, outChannels, kernelSize, { stride, padding, groups, eps });
  const all = {
    ...(keepsShape(inChannels, outChannels, stride) && { rbr_skip: new BatchNorm2d(inChannels, { eps }) }),
    ...(scaleBranch && { rbr_scale: convBn(inChannels, outChannels, 1, { stride, groups, eps }) }),
    ...(branches > 0 && { rbr_conv: new Sum(Array.from({ length: branches }, one)) }),
  };
  return new Sum(all, { deployedAs: "reparam_conv" });
}

/**
 * MobileOne's block: its branches, added, and a ReLU.
 * @param inChannels channels of x, [batch, inChannels, height, width]
 * @param outChannels channels of the output, [batch, outChannels, out height, out width]
 * @param kernelSize odd
 * @param options stride, groups, eps, branches, scaleBranch; see {@link MobileOneOptions}
 * @throws {ArgumentError} as {@link mobileOneBranches}
 * @throws {ShapeError} if groups do not divide the channels
 * @see https://arxiv.org/abs/2206.04040, section 3.3
 * @example
 * fuse(mobileOneBlock(8, 8, 3, { groups: 8, branches: 4 })).module; // one depthwise 3x3 convolution and the ReLU
 */
export function mobileOneBlock(
  inChannels: number,
  outChannels: number,
  kernelSize: number,
  options: MobileOneOptions = {},
): Sequential {
  checkOptions("mobileOneBlock", options, mobileOneOptionNames);
  return new Sequential({
    "": mobileOneBranches(inChannels, outChannels, kernelSize, options),
    activation: new ReLU(),
  });
}
