import type { LinearForm, LinearKernel } from "../kernel.js";
import { alignmentOf } from "./align.js";
import { onGrid } from "./grid.js";
import { regroupKernel } from "./regroup.js";

/**
 * Parallel convolutions with their output channels joined: W = [W_1; W_2; ...], b = [b_1; b_2; ...]. Grouped
 * branches become dense, since each output group of a convolution reads one input group only.
 *
 * @param kernels at least one
 * @throws {FusionError} if input channels, strides, upsamplings, output sizes or padding modes do not fit
 * @see DBB transform IV, https://arxiv.org/abs/2103.13425
 * @example
 * concatKernels([identityKernel(2), identityKernel(2)]).outChannels; // 4
 */
export function concatKernels(kernels: readonly LinearKernel[]): LinearKernel {
  if (kernels.length === 1) return kernels[0] as LinearKernel;
  const form = concatForm(kernels);
  const aligned = kernels.map((kernel) => regroupKernel(onGrid(kernel, form.axes), form.groups));
  const biased = kernels.some((kernel) => kernel.bias !== undefined);
  return {
    ...form,
    weight: joined(aligned.map((kernel) => kernel.weight)),
    bias: biased
      ? joined(aligned.map((kernel) => kernel.bias ?? new Float64Array(kernel.outChannels)))
      : undefined,
  };
}

/**
 * What {@link concatKernels} gives, without its numbers.
 * @throws {FusionError} as that does
 */
export function concatForm(forms: readonly LinearForm[]): LinearForm {
  const [first] = forms;
  if (first !== undefined && forms.length === 1) return first;
  const { axes, paddingMode } = alignmentOf("concatKernels", forms);
  const outChannels = forms.reduce((sum, form) => sum + form.outChannels, 0);
  return { inChannels: (first as LinearForm).inChannels, outChannels, axes, groups: 1, paddingMode };
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
