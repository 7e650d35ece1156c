import { ShapeError } from "../errors.js";
import type { Conv2d } from "../nn/conv2d.js";
import type { ConvAxis } from "../ops/conv-axis.js";
import type { PaddingMode } from "../ops/conv-geometry.js";
import { rowMajorData } from "../tensor/layout.js";

/** One number for the rows and one for the columns. */
export type PerAxis<T> = readonly [height: T, width: T];

/**
 * A convolution as the algebra handles it: everything in float64, every option in its fullest form, no input attached.
 *
 * out[o, y, x] = bias[o] + sum over c, i, j of weight[o, c, i, j] P(x)[c, y s - top + i d, x s - left + j d], with P the padding.
 */
export interface LinearKernel {
  /** [out, in / groups, kernel height, kernel width], row-major */
  readonly weight: Float64Array;
  /** [out]; undefined: none, which counts as zero */
  readonly bias: Float64Array | undefined;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: PerAxis<number>;
  readonly stride: PerAxis<number>;
  /** [[top, bottom], [left, right]], in pixels */
  readonly padding: PerAxis<readonly [before: number, after: number]>;
  readonly dilation: PerAxis<number>;
  readonly groups: number;
  readonly paddingMode: PaddingMode;
}

/** One axis of a kernel. */
export interface KernelAxis {
  readonly size: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
  readonly stride: number;
}

/** The rows (0) or the columns (1) of a kernel. */
export function axisOf(kernel: LinearKernel, axis: 0 | 1): KernelAxis {
  const [before, after] = kernel.padding[axis];
  return {
    size: kernel.kernelSize[axis],
    dilation: kernel.dilation[axis],
    before,
    after,
    stride: kernel.stride[axis],
  };
}

/** How many pixels the taps of an axis reach over: dilation (size - 1) + 1. */
export function spanOf(axis: KernelAxis): number {
  return axis.dilation * (axis.size - 1) + 1;
}

/** Padding minus span: two axes of equal stride give equal output sizes at every input size if and only if these are equal. */
export function excessOf(axis: KernelAxis): number {
  return axis.before + axis.after - spanOf(axis);
}

/** True if a pixel is added on any side, so that the padding mode means something. */
export function isPadded(kernel: LinearKernel): boolean {
  return kernel.padding.flat().some((pixels) => pixels > 0);
}

/**
 * A kernel without padding, stride and dilation, as most transforms begin.
 * @param weight [out, in / groups, kernel height, kernel width]
 * @param shape of the weight
 * @throws {ShapeError} if the weight does not fill the shape, or the groups do not divide the output channels
 */
export function plainKernel(
  weight: Float64Array,
  shape: readonly [number, number, number, number],
  options: Partial<Omit<LinearKernel, "weight" | "inChannels" | "outChannels" | "kernelSize">> = {},
): LinearKernel {
  const [outChannels, groupChannels, height, width] = shape;
  const { groups = 1 } = options;
  if (weight.length !== outChannels * groupChannels * height * width || outChannels % groups !== 0) {
    throw new ShapeError(
      "plainKernel",
      "shape must hold the weights, and groups divide the output channels",
      {
        weight: `${weight.length} values`,
        shape: [...shape],
        groups,
      },
    );
  }
  return {
    weight,
    bias: options.bias,
    inChannels: groupChannels * groups,
    outChannels,
    kernelSize: [height, width],
    stride: options.stride ?? [1, 1],
    padding: options.padding ?? [
      [0, 0],
      [0, 0],
    ],
    dilation: options.dilation ?? [1, 1],
    groups,
    paddingMode: options.paddingMode ?? "zeros",
  };
}

/**
 * The kernel of a convolution layer: its numbers widened to float64, which is exact.
 * @example
 * kernelOfConv2d(new Conv2d(3, 2, 3, { padding: "same" })).padding; // [[1, 1], [1, 1]]
 */
export function kernelOfConv2d(conv: Conv2d): LinearKernel {
  const { axes, groups, paddingMode } = conv.settings;
  const [rows, columns] = axes as readonly [ConvAxis, ConvAxis];
  return {
    weight: new Float64Array(rowMajorData(conv.weight)),
    bias: conv.bias && new Float64Array(rowMajorData(conv.bias)),
    inChannels: conv.inChannels,
    outChannels: conv.outChannels,
    kernelSize: conv.kernelSize,
    stride: [rows.stride, columns.stride],
    padding: [
      [rows.before, rows.after],
      [columns.before, columns.after],
    ],
    dilation: [rows.dilation, columns.dilation],
    groups,
    paddingMode,
  };
}
