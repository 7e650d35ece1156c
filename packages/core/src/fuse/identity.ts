import { whole } from "../checks.js";
import { type LinearKernel, plainKernel } from "./kernel.js";

/**
 * The identity as a 1x1 convolution in as many groups as there are channels: weight 1, no bias.
 * `regroupKernel` gives it in fewer groups, `embedKernel` as a larger kernel.
 * @throws {ArgumentError} if channels is no whole number of at least 1
 * @see RepVGG, https://arxiv.org/abs/2101.03697, section 3.3
 * @example
 * identityKernel(2).weight; // Float64Array [1, 1]
 */
export function identityKernel(channels: number): LinearKernel {
  return diagonalKernel(new Float64Array(whole("identityKernel", "channels", channels, 1)).fill(1));
}

/** A factor a channel, and a shift, as a 1x1 convolution with a group a channel: out = factor x + shift. */
export function diagonalKernel(factors: Float64Array, shifts?: Float64Array): LinearKernel {
  const channels = factors.length;
  return plainKernel(factors, [channels, 1, 1, 1], { groups: channels, ...(shifts && { bias: shifts }) });
}
