import type { LinearKernel } from "../kernel.js";
import { addKernels } from "./add.js";
import { scaleKernel } from "./scale.js";

/**
 * The difference of two parallel convolutions: W = W_a - W_b, b = b_a - b_b, on the union of their taps.
 * @param a weight [out, in / groups, ...sizes]
 * @param b a kernel of as many channels, which is subtracted
 * @returns one kernel in float64, as large as both together need
 * @throws {FusionError} as {@link addKernels}
 * @see FastViT's token mixer, https://arxiv.org/abs/2303.14189, section 3.2
 * @example
 * subtractKernels(identityKernel(2), identityKernel(2)).weight; // Float64Array [0, 0]
 */
export function subtractKernels(a: LinearKernel, b: LinearKernel): LinearKernel {
  return addKernels([a, scaleKernel(b, -1)]);
}
