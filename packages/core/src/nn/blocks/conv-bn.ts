import { type OptionNames, type Pair, whole } from "../../checks.js";
import { ArgumentError } from "../../errors.js";
import type { CompositionOptions } from "../composition.js";
import { Conv2d, type Conv2dLayerOptions } from "../layers/conv/conv2d.js";
import { defaultEps } from "../layers/norm/batch-norm.js";
import { BatchNorm2d } from "../layers/norm/batch-norm2d.js";
import { Sequential } from "../layers/sequential.js";

/** The option that every block and network with batch norms has. */
export interface NormOptions {
  /**
   * Added to the variance in every batch norm; it is in no checkpoint. Default 1e-5; YOLO and Keras networks
   * use 1e-3.
   */
  readonly eps?: number;
}

export const normOptionNames: OptionNames<NormOptions> = { eps: true };

/** The options of a block: its convolutions' geometry and its norms. */
export interface BlockOptions extends NormOptions {
  /** Step between windows, in pixels. Default 1. */
  readonly stride?: number;
  /** Into how many independent convolutions the channels are split. Default 1. */
  readonly groups?: number;
}

export const blockOptionNames: OptionNames<BlockOptions> = { ...normOptionNames, stride: true, groups: true };

/** The options of a block whose branches can all be dilated alike. */
export interface DilatedBlockOptions extends BlockOptions {
  /**
   * Distance between the taps of the kernels, in pixels, as in segmentation networks; the padding grows with
   * it. Default 1.
   */
  readonly dilation?: number;
}

export const dilatedBlockOptionNames: OptionNames<DilatedBlockOptions> = {
  ...blockOptionNames,
  dilation: true,
};

/**
 * A convolution without bias, and batch normalisation: parameters `conv.weight`, `bn.weight`, ...
 * @param composition deployedAs, for one that is no branch of a block
 */
export function convBn(
  inChannels: number,
  outChannels: number,
  kernelSize: Pair,
  { eps = defaultEps, ...options }: Omit<Conv2dLayerOptions, "bias" | "weight"> & NormOptions = {},
  composition: CompositionOptions = {},
): Sequential {
  const conv = new Conv2d(inChannels, outChannels, kernelSize, { ...options, bias: false });
  return new Sequential({ conv, bn: new BatchNorm2d(outChannels, { eps }) }, composition);
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
