import { FusionError } from "../../errors.js";
import { type LinearKernel, tapsOf, weightZeros } from "../kernel.js";

/**
 * A grouped kernel with fewer groups: its blocks on the diagonal,
 * W'[o, c] = W[o, c - the first channel that o's old group reads], zeros beside them, the same map. The
 * weights grow by groups / fewer.
 *
 * @param kernel weight [out, in / its groups, ...sizes]
 * @param groups a divisor of the kernel's groups; 1 gives a dense kernel
 * @returns weight [out, in / groups, ...sizes], float64
 * @throws {FusionError} if it is no divisor
 * @see DBB, https://arxiv.org/abs/2103.13425, section 3.2 on group-wise convolution
 * @example
 * regroupKernel(identityKernel(4), 1).weight.length; // 16
 */
export function regroupKernel(kernel: LinearKernel, groups: number): LinearKernel {
  if (groups === kernel.groups) return kernel;
  if (!Number.isSafeInteger(groups) || groups < 1 || kernel.groups % groups !== 0) {
    throw new FusionError("regroupKernel", "groups must divide the kernel's groups", {
      groups,
      "kernel.groups": kernel.groups,
    });
  }
  const { inChannels, outChannels } = kernel;
  const taps = tapsOf(kernel.axes);
  const oldIn = inChannels / kernel.groups;
  const newIn = inChannels / groups;
  const weight = weightZeros("regroupKernel", { ...kernel, groups });
  for (let o = 0; o < outChannels; o++) {
    const block = Math.floor((o * kernel.groups) / outChannels);
    const first = (block * oldIn) % newIn;
    const row = kernel.weight.subarray(o * oldIn * taps, (o + 1) * oldIn * taps);
    weight.set(row, (o * newIn + first) * taps);
  }
  return { ...kernel, weight, groups };
}
