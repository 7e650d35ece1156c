import { checkOptions } from "../../checks.js";
import { ArgumentError } from "../../errors.js";
import { Conv2d } from "../layers/conv/conv2d.js";
import { defaultEps } from "../layers/norm/batch-norm.js";
import { BatchNorm2d } from "../layers/norm/batch-norm2d.js";
import { Sequential } from "../layers/sequential.js";
import { Sum } from "../layers/sum.js";
import {
  type BlockOptions,
  blockOptionNames,
  convBn,
  halfOf,
  type NormOptions,
  normOptionNames,
} from "./conv-bn.js";

/**
 * RepLKNet's large-kernel convolution: bn(KxK) + bn(kxk). Parameters `lkb_origin.conv.weight`,
 * `small_conv.conv.weight`, ...
 * @param inChannels channels of x, [batch, inChannels, height, width]
 * @param outChannels channels of the output, [batch, outChannels, out height, out width]
 * @param kernelSize odd
 * @param smallKernel odd
 * @param options stride, groups, eps; see {@link BlockOptions}
 * @throws {ArgumentError} if they are not
 * @throws {ShapeError} if groups do not divide the channels
 * @see https://arxiv.org/abs/2203.06717, section 3.1
 * @example
 * fuse(largeKernelConv(8, 8, 31, 5, { groups: 8 })).module; // one depthwise 31x31 convolution
 */
export function largeKernelConv(
  inChannels: number,
  outChannels: number,
  kernelSize: number,
  smallKernel: number,
  options: BlockOptions = {},
): Sum {
  checkOptions("largeKernelConv", options, blockOptionNames);
  const branch = (name: string, size: number): Sequential =>
    convBn(inChannels, outChannels, size, { ...options, padding: halfOf("largeKernelConv", name, size) });
  const branches = {
    lkb_origin: branch("kernelSize", kernelSize),
    small_conv: branch("smallKernel", smallKernel),
  };
  return new Sum(branches, { deployedAs: "lkb_reparam" });
}

/** The small kernels of each large one: [size, dilation]. */
const dilatedBranches: ReadonlyMap<number, readonly (readonly [size: number, dilation: number])[]> = new Map([
  [
    17,
    [
      [5, 1],
      [9, 2],
      [3, 4],
      [3, 5],
      [3, 7],
    ],
  ],
  [
    15,
    [
      [5, 1],
      [7, 2],
      [3, 3],
      [3, 5],
      [3, 7],
    ],
  ],
  [
    13,
    [
      [5, 1],
      [7, 2],
      [3, 3],
      [3, 4],
      [3, 5],
    ],
  ],
  [
    11,
    [
      [5, 1],
      [5, 2],
      [3, 3],
      [3, 4],
      [3, 5],
    ],
  ],
  [
    9,
    [
      [5, 1],
      [5, 2],
      [3, 3],
      [3, 4],
    ],
  ],
  [
    7,
    [
      [5, 1],
      [3, 2],
      [3, 3],
    ],
  ],
  [
    5,
    [
      [3, 1],
      [3, 2],
    ],
  ],
]);

/** The kernel sizes that {@link dilatedReparamBlock} knows branches for. */
export const dilatedKernelSizes: readonly number[] = [...dilatedBranches.keys()];

/**
 * UniRepLKNet's dilated block: bn(KxK) and several bn(kxk) of growing dilation, depthwise.
 * Parameters `lk_origin.weight`, `origin_bn.weight`, `dil_conv_k5_1.weight`, `dil_bn_k5_1.weight`, ...
 *
 * @param channels channels of x and of the output, both [batch, channels, height, width]
 * @param kernelSize one of {@link dilatedKernelSizes}
 * @param options eps; see {@link NormOptions}
 * @throws {ArgumentError} for any other size
 * @see https://arxiv.org/abs/2311.15599, section 3.1
 * @example
 * fuse(dilatedReparamBlock(8, 13)).module; // one depthwise 13x13 convolution
 */
export function dilatedReparamBlock(channels: number, kernelSize: number, options: NormOptions = {}): Sum {
  checkOptions("dilatedReparamBlock", options, normOptionNames);
  const { eps = defaultEps } = options;
  const branches = dilatedBranches.get(kernelSize);
  if (branches === undefined) {
    const known = dilatedKernelSizes.join(", ");
    throw new ArgumentError("dilatedReparamBlock", `kernelSize must be one of ${known}`, { kernelSize });
  }
  const branch = (conv: string, bn: string, size: number, dilation: number): Sequential =>
    new Sequential({
      [conv]: new Conv2d(channels, channels, size, {
        padding: Math.floor((dilation * (size - 1) + 1) / 2),
        dilation,
        groups: channels,
        bias: false,
      }),
      [bn]: new BatchNorm2d(channels, { eps }),
    });
  const dilated = branches.map(([size, dilation]) => {
    const name = `k${size}_${dilation}`;
    return [`.${name}`, branch(`dil_conv_${name}`, `dil_bn_${name}`, size, dilation)] as const;
  });
  const origin = branch("lk_origin", "origin_bn", kernelSize, 1);
  return new Sum({ ".origin": origin, ...Object.fromEntries(dilated) }, { deployedAs: "lk_origin" });
}
