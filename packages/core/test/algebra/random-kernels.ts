import type { ConvAxis, LinearKernel } from "../../src/index.js";
import type { Dice } from "../fuse/random-tree.js";
import type { Signal } from "./by-definition.js";

/** What a random kernel must be; the rest is drawn. */
export interface KernelWishes {
  readonly rank: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly paddingMode: LinearKernel["paddingMode"];
  /** Which axes it may have; by default any that a convolution or a transposed convolution has. */
  readonly axis?: (dice: Dice) => ConvAxis;
}

/** A kernel with random weights, no two alike. */
export function randomKernel(dice: Dice, wishes: KernelWishes): LinearKernel {
  const { rank, inChannels, outChannels, paddingMode, axis = randomAxis } = wishes;
  const axes = Array.from({ length: rank }, () => axis(dice));
  const groups = dice.of([1, 1, 2, 3].filter((n) => inChannels % n === 0 && outChannels % n === 0));
  const taps = axes.reduce((product, { size }) => product * size, 1);
  return {
    weight: randomNumbers(dice, outChannels * (inChannels / groups) * taps),
    bias: dice.chance(30) ? randomNumbers(dice, outChannels) : undefined,
    inChannels,
    outChannels,
    axes,
    groups,
    // What is upsampled can only be padded with zeros: no library has anything else.
    paddingMode: axes.some(({ upsampling }) => upsampling > 1) ? "zeros" : paddingMode,
  };
}

/** An axis of a convolution, or of a transposed one, with padding that may crop. */
export function randomAxis(dice: Dice): ConvAxis {
  const size = dice.of([1, 1, 2, 3, 4]);
  const dilation = dice.of([1, 1, 2, 3]);
  if (dice.chance(35)) {
    const before = dilation * (size - 1) - dice.of([0, 0, 1, 2]);
    const upsampling = dice.of([1, 2, 3]);
    return { size, stride: 1, dilation, upsampling, before, after: before + dice.roll(upsampling) };
  }
  const padding = (): number => dice.of([0, 0, 0, 1, 1, 2, 3, -1]);
  return {
    size,
    stride: dice.of([1, 1, 2, 3]),
    dilation,
    upsampling: 1,
    before: padding(),
    after: padding(),
  };
}

export function randomSignal(dice: Dice, channels: number, sizes: readonly number[]): Signal {
  const length = sizes.reduce((product, size) => product * size, channels);
  return { channels, sizes, values: randomNumbers(dice, length) };
}

/** Between -1 and 1, none of them 0. */
export function randomNumbers(dice: Dice, length: number): Float64Array {
  return Float64Array.from({ length }, () => (dice.roll(2 ** 20) + 0.5) / 2 ** 19 - 1);
}
