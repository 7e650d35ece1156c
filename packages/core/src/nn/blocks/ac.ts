import { checkOptions, whole } from "../../checks.js";
import { Conv2d } from "../layers/conv/conv2d.js";
import { defaultEps } from "../layers/norm/batch-norm.js";
import { BatchNorm2d } from "../layers/norm/batch-norm2d.js";
import { Sequential } from "../layers/sequential.js";
import { Sum } from "../layers/sum.js";
import { type DilatedBlockOptions, dilatedBlockOptionNames, halfOf } from "./conv-bn.js";

/**
 * ACNet's block: bn(kxk) + bn(kx1) + bn(1xk). Parameters `square_conv.weight`, `square_bn.weight`,
 * `ver_conv.weight`, `hor_conv.weight`, ...
 * @param inChannels channels of x, [batch, inChannels, height, width]
 * @param outChannels channels of the output, [batch, outChannels, out height, out width]
 * @param kernelSize odd
 * @param options stride, groups, dilation, eps; see {@link DilatedBlockOptions}
 * @throws {ArgumentError} if it is not
 * @throws {ShapeError} if groups do not divide the channels
 * @see https://arxiv.org/abs/1908.03930, section 3.2
 * @example
 * fuse(acBlock(4, 6, 3)).module; // one 3x3 convolution
 */
export function acBlock(
  inChannels: number,
  outChannels: number,
  kernelSize: number,
  options: DilatedBlockOptions = {},
): Sum {
  checkOptions("acBlock", options, dilatedBlockOptionNames);
  const { eps = defaultEps, ...geometry } = options;
  const pad =
    halfOf("acBlock", "kernelSize", kernelSize) * whole("acBlock", "dilation", geometry.dilation ?? 1, 1);
  const branch = (
    name: string,
    kernel: readonly [number, number],
    padding: readonly [number, number],
  ): Sequential =>
    new Sequential({
      [`${name}_conv`]: new Conv2d(inChannels, outChannels, kernel, { ...geometry, padding, bias: false }),
      [`${name}_bn`]: new BatchNorm2d(outChannels, { eps }),
    });
  const branches = {
    ".square": branch("square", [kernelSize, kernelSize], [pad, pad]),
    ".ver": branch("ver", [kernelSize, 1], [pad, 0]),
    ".hor": branch("hor", [1, kernelSize], [0, pad]),
  };
  return new Sum(branches, { deployedAs: "fused_conv" });
}
