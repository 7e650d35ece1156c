import { checkOptions } from "../../checks.js";
import { type NormOptions, normOptionNames } from "../blocks/conv-bn.js";
import { repVggBlock } from "../blocks/rep-vgg.js";
import { Sequential } from "../layers/sequential.js";
import { stagedClassifier } from "./classifier.js";

/** Per stage after the first block: blocks and channels. */
const stages = [
  [2, 48],
  [4, 96],
  [14, 192],
  [1, 1280],
] as const;

/**
 * RepVGG-A0 with its branches, untrained: [batch, 3, height, width] to [batch, classes]. Parameters
 * `stage0.rbr_dense.conv.weight`, `stage1.0.rbr_1x1.conv.weight`, ..., `linear.bias`, as in the authors'
 * checkpoints.
 * @param classes default 1000
 * @param options eps, see {@link NormOptions}
 * @throws {ArgumentError} if a number or an option is outside its domain, or an option is unknown
 * @see https://arxiv.org/abs/2101.03697, table 2
 * @example
 * fuse(repVggA0()).report.after.parameters; // 8309384
 */
export function repVggA0(classes = 1000, options: NormOptions = {}): Sequential {
  checkOptions("repVggA0", options, normOptionNames);
  let channels = 48;
  const stage = ([blocks, width]: readonly [number, number]): Sequential =>
    new Sequential(
      Array.from({ length: blocks }, (_, i) => {
        const block = repVggBlock(channels, width, { ...options, stride: i === 0 ? 2 : 1 });
        channels = width;
        return block;
      }),
    );
  return stagedClassifier(repVggBlock(3, channels, { ...options, stride: 2 }), stages, stage, classes);
}
