import { type OptionNames, type Pair, whole } from "../../checks.js";
import { ArgumentError } from "../../errors.js";
import { BatchNorm2d } from "../batch-norm2d.js";
import type { CompositionOptions } from "../composition.js";
import { Conv2d, type Conv2dLayerOptions } from "../conv2d.js";
import { Sequential } from "../sequential.js";

/** The geometry of a convolution in a block. */
export interface BlockOptions {
  /** Default 1. */
  readonly stride?: number;
  /** Default 1. */
  readonly groups?: number;
}

export const blockOptionNames: OptionNames<BlockOptions> = { stride: true, groups: true };

/**
 * A convolution without bias, and batch normalisation: parameters `conv.weight`, `bn.weight`, ...
 * @param composition deployedAs, for one that is no branch of a block
 */
export function convBn(
  inChannels: number,
  outChannels: number,
  kernelSize: Pair,
  options: Omit<Conv2dLayerOptions, "bias" | "weight"> = {},
  composition: CompositionOptions = {},
): Sequential {
  const conv = new Conv2d(inChannels, outChannels, kernelSize, { ...options, bias: false });
  return new Sequential({ conv, bn: new BatchNorm2d(outChannels) }, composition);
}

/**
 * Half of a kernel: the padding with which branches of every odd size meet.
 * @throws {ArgumentError} if the size is no odd whole number
 */
export function halfOf(op: string, name: string, size: number): number {
  if (whole(op, name, size, 1) % 2 === 0)
    throw new ArgumentError(op, `${name} must be odd`, { [name]: size });
  return (size - 1) / 2;
}

/** Whether a block's input may be one of its branches. */
export function keepsShape(inChannels: number, outChannels: number, stride: number): boolean {
  return inChannels === outChannels && stride === 1;
}
