import { checkOptions } from "../../checks.js";
import { type NormOptions, normOptionNames } from "../blocks/conv-bn.js";
import { mobileOneBlock } from "../blocks/mobile-one.js";
import { Sequential } from "../layers/sequential.js";
import { stagedClassifier } from "./classifier.js";

/** How many kxk branches each block after the first has. */
const branches = 4;

/** Per stage after the first block: pairs of a depthwise and a pointwise block, and channels. */
const stages = [
  [2, 48],
  [8, 128],
  [10, 256],
  [1, 1024],
] as const;

/**
 * MobileOne-S0 with its branches, untrained: [batch, 3, height, width] to [batch, classes]. Parameters
 * `stage0.rbr_conv.0.conv.weight`, `stage1.0.rbr_skip.weight`, ..., `linear.bias`, as in the authors'
 * checkpoints.
 * @param classes default 1000
 * @param options eps, see {@link NormOptions}
 * @throws {ArgumentError} if a number or an option is outside its domain, or an option is unknown
 * @see https://arxiv.org/abs/2206.04040, tables 2 and 3
 * @example
 * fuse(mobileOneS0()).report.after.parameters; // 2078504
 */
export function mobileOneS0(classes = 1000, options: NormOptions = {}): Sequential {
  checkOptions("mobileOneS0", options, normOptionNames);
  let channels = 48;
  const stage = ([pairs, width]: readonly [number, number]): Sequential =>
    new Sequential(
      Array.from({ length: pairs }, (_, i) => {
        const stride = i === 0 ? 2 : 1;
        const pair = [
          mobileOneBlock(channels, channels, 3, { ...options, stride, groups: channels, branches }),
          mobileOneBlock(channels, width, 1, { ...options, branches }),
        ];
        channels = width;
        return pair;
      }).flat(),
    );
  return stagedClassifier(mobileOneBlock(3, channels, 3, { ...options, stride: 2 }), stages, stage, classes);
}
