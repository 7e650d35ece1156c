import { agree, commonGroups, onCommonGrid } from "./common.js";
import type { LinearKernel } from "./kernel.js";
import { regroupKernel } from "./regroup.js";

/**
 * Parallel convolutions, added: W = sum of W_b, b = sum of b_b, on the union of their taps.
 *
 * Branches of different kernel sizes, paddings and dilations are one convolution whenever their strides are equal and their
 * output sizes agree at every input size; grouped branches become block-diagonal in as many groups as all share.
 *
 * @param kernels at least one
 * @throws {FusionError} if channels, strides, output sizes or padding modes do not fit
 * @see DBB transform II, https://arxiv.org/abs/2103.13425
 * @example
 * addKernels([kernelOfConv2d(new Conv2d(2, 2, 3, { padding: 1 })), identityKernel(2)]).kernelSize; // [3, 3]
 */
export function addKernels(kernels: readonly LinearKernel[]): LinearKernel {
  const groups = commonGroups(kernels);
  const aligned = onCommonGrid("addKernels", kernels).map((kernel) => regroupKernel(kernel, groups));
  agree("addKernels", "the branches give different numbers of channels", aligned, (k) => k.outChannels);
  const first = aligned[0] as LinearKernel;
  const weight = new Float64Array(first.weight.length);
  const bias = new Float64Array(first.outChannels);
  for (const kernel of aligned) {
    accumulate(weight, kernel.weight);
    if (kernel.bias !== undefined) accumulate(bias, kernel.bias);
  }
  const biased = aligned.some((kernel) => kernel.bias !== undefined);
  return { ...first, weight, bias: biased ? bias : undefined };
}

function accumulate(sum: Float64Array, values: Float64Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (values[i] as number);
}
