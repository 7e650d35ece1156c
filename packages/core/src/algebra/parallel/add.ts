import { type LinearForm, type LinearKernel, weightZeros } from "../kernel.js";
import { agree, alignmentOf, commonGroups } from "./align.js";
import { addOnGrid } from "./grid.js";

/**
 * Parallel convolutions, added: W = sum of W_b, b = sum of b_b, on the union of their taps.
 *
 * Branches of different kernel sizes, paddings and dilations are one convolution whenever their strides and
 * upsamplings are equal and their output sizes agree at every input size; grouped branches become
 * block-diagonal in as many groups as all share.
 *
 * @param kernels at least one
 * @throws {FusionError} if channels, strides, upsamplings, output sizes or padding modes do not fit
 * @see DBB transform II, https://arxiv.org/abs/2103.13425
 * @example
 * addKernels([kernelOfConv2d(new Conv2d(2, 2, 3, { padding: 1 })), identityKernel(2)]).axes[0]?.size; // 3
 */
export function addKernels(kernels: readonly LinearKernel[]): LinearKernel {
  const form = sumForm(kernels);
  const weight = weightZeros("addKernels", form);
  const bias = new Float64Array(form.outChannels);
  for (const kernel of kernels) {
    addOnGrid(weight, kernel, form, 0);
    if (kernel.bias !== undefined) accumulate(bias, kernel.bias);
  }
  const biased = kernels.some((kernel) => kernel.bias !== undefined);
  return { ...form, weight, bias: biased ? bias : undefined };
}

/**
 * What {@link addKernels} gives, without its numbers.
 * @throws {FusionError} as that does
 */
export function sumForm(forms: readonly LinearForm[]): LinearForm {
  const { axes, paddingMode } = alignmentOf("addKernels", forms);
  agree("addKernels", "the branches give different numbers of channels", forms, (form) => form.outChannels);
  const { inChannels, outChannels } = forms[0] as LinearForm;
  return { inChannels, outChannels, axes, groups: commonGroups(forms), paddingMode };
}

function accumulate(sum: Float64Array, values: Float64Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (values[i] as number);
}
