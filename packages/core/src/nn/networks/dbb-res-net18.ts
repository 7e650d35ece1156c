import { checkOptions } from "../../checks.js";
import { type BlockOptions, convBn, type NormOptions, normOptionNames } from "../blocks/conv-bn.js";
import { diverseBranchBlock } from "../blocks/diverse-branch.js";
import { ReLU } from "../layers/activation/relu.js";
import { Identity } from "../layers/identity.js";
import { MaxPool2d } from "../layers/pool/max-pool2d.js";
import { Sequential } from "../layers/sequential.js";
import { Sum } from "../layers/sum.js";
import { classifier } from "./classifier.js";

/**
 * ResNet-18 with a diverse branch block in place of every 3x3 convolution, untrained:
 * [batch, 3, height, width] to [batch, classes]. Parameters `stage0.conv1.conv.weight`,
 * `stage1.0.conv1.dbb_origin.conv.weight`, ..., `linear.bias`, as in the authors' checkpoints.
 * @param classes default 1000
 * @param options eps, see {@link NormOptions}
 * @throws {ArgumentError} if a number or an option is outside its domain, or an option is unknown
 * @see https://arxiv.org/abs/2103.13425, section 4.1; https://arxiv.org/abs/1512.03385, table 1
 * @example
 * // torchvision's resnet18 has 11689512: 4800 channels' norms, two parameters each, become one bias each.
 * fuse(dbbResNet18()).report.after.parameters; // 11684712
 */
export function dbbResNet18(classes = 1000, options: NormOptions = {}): Sequential {
  checkOptions("dbbResNet18", options, normOptionNames);
  const block = (inChannels: number, outChannels: number, stride: number): Sequential =>
    basicBlock(inChannels, outChannels, { ...options, stride });
  return classifier(
    {
      stage0: new Sequential({
        conv1: new Sequential({
          "": convBn(3, 64, 7, { ...options, stride: 2, padding: 3 }, alone),
          nonlinear: new ReLU(),
        }),
        maxpool: new MaxPool2d(3, { stride: 2, padding: 1 }),
      }),
      stage1: new Sequential([block(64, 64, 1), block(64, 64, 1)]),
      stage2: new Sequential([block(64, 128, 2), block(128, 128, 1)]),
      stage3: new Sequential([block(128, 256, 2), block(256, 256, 1)]),
      stage4: new Sequential([block(256, 512, 2), block(512, 512, 1)]),
    },
    512,
    classes,
  );
}

/** A convolution that is no branch of a block keeps its name when its norm is folded into it. */
const alone = { deployedAs: "conv" };

/** relu(3x3-relu-3x3 + shortcut). */
function basicBlock(inChannels: number, outChannels: number, options: BlockOptions): Sequential {
  const keeps = inChannels === outChannels && options.stride === 1;
  return new Sequential({
    "": new Sum({
      shortcut: keeps ? new Identity() : convBn(inChannels, outChannels, 1, options, alone),
      ".main": new Sequential({
        conv1: new Sequential({
          "": diverseBranchBlock(inChannels, outChannels, 3, options),
          nonlinear: new ReLU(),
        }),
        conv2: diverseBranchBlock(outChannels, outChannels, 3, { ...options, stride: 1 }),
      }),
    }),
    relu: new ReLU(),
  });
}
