import { whole } from "../../checks.js";
import { type LinearKernel, plainKernel } from "../kernel.js";

/**
 * The identity as a 1x1 convolution in as many groups as there are channels: weight 1, no bias.
 * `regroupKernel` gives it in fewer groups, `embedKernel` as a larger kernel.
 *
 * @param channels how many channels go in and come out
 * @param rank how many axes there are behind the channels: 2 for images
 * @returns weight [channels, 1, ...ones], float64, as many groups as channels
 * @throws {ArgumentError} if channels is no whole number of at least 1
 * @see RepVGG, https://arxiv.org/abs/2101.03697, section 3.3
 * @example
 * identityKernel(2).weight; // Float64Array [1, 1]
 */
export function identityKernel(channels: number, rank = 2): LinearKernel {
  const ones = new Float64Array(whole("identityKernel", "channels", channels, 1)).fill(1);
  return diagonalKernel(ones, undefined, rank);
}

/**
 * A factor a channel, and a shift, as a pointwise convolution with a group a channel: out = factor x + shift.
 */
export function diagonalKernel(factors: Float64Array, shifts?: Float64Array, rank = 2): LinearKernel {
  const channels = factors.length;
  const shape = [channels, 1, ...new Array<number>(rank).fill(1)];
  return plainKernel(factors, shape, { groups: channels, ...(shifts && { bias: shifts }) });
}
