import type { LinearKernel } from "../kernel.js";

/**
 * The map of one channel, done to each of `channels` channels in a group of its own: W'[c, 0] = W[0, 0],
 * b'[c] = b[0].
 * @param kernel one input, one output channel
 * @param channels how many channels go in and come out
 * @returns weight [channels, 1, ...sizes], float64, as many groups as channels
 * @example
 * perChannel(averagePoolKernel(new AvgPool2d(2).settings), 3).groups; // 3
 */
export function perChannel(kernel: LinearKernel, channels: number): LinearKernel {
  return {
    ...kernel,
    weight: repeated(kernel.weight, channels),
    bias: kernel.bias && repeated(kernel.bias, channels),
    inChannels: channels,
    outChannels: channels,
    groups: channels,
  };
}

function repeated(values: Float64Array, times: number): Float64Array {
  const out = new Float64Array(values.length * times);
  for (let i = 0; i < times; i++) out.set(values, i * values.length);
  return out;
}
