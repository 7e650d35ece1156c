import { ShapeError } from "../errors.js";
import type { ConvAxis } from "../ops/conv/conv-axis.js";
import type { PaddingMode } from "../ops/conv/conv-geometry.js";
import { float64 } from "../tensor/allocate.js";

/** One value an axis: [height, width] for images, [length] for sequences, [] for features. */
export type PerAxis<T> = readonly T[];

/**
 * Everything of a linear kernel but its numbers: what decides whether several are one, and what that one
 * looks like.
 */
export interface LinearForm {
  /** Channels that it reads. */
  readonly inChannels: number;
  /** Channels that it gives. */
  readonly outChannels: number;
  /** One an axis behind the channels; none: a linear layer on features. */
  readonly axes: PerAxis<ConvAxis>;
  /** Into how many independent groups the channels are split; divides `inChannels` and `outChannels`. */
  readonly groups: number;
  /** What lies outside of x: zeros, or x mirrored, repeated or continued from the other side. */
  readonly paddingMode: PaddingMode;
}

/**
 * A convolution of any rank as the algebra handles it: everything in float64, every option in its fullest
 * form, no input attached.
 *
 * On two axes: out[o, y, x] = bias[o] + sum over c, i, j of weight[o, c, i, j]
 * P(U(x))[c, y s + i d, x s + j d], with P the padding and U the upsampling of each axis (see
 * {@link ConvAxis}). A transposed convolution is one whose upsampling is its stride.
 */
export interface LinearKernel extends LinearForm {
  /**
   * [out, in / groups, ...sizes], row-major; a correlation's, also where it stands for a transposed
   * convolution
   */
  readonly weight: Float64Array;
  /** [out]; undefined: none, which counts as zero */
  readonly bias: Float64Array | undefined;
}

/** True if a pixel is added on any side, so that the padding mode means something. */
export function isPadded({ axes }: LinearForm): boolean {
  return axes.some(({ before, after }) => before > 0 || after > 0);
}

/** True if every output pixel is made of the one input pixel in its place. */
export function isPointwise({ axes }: LinearForm): boolean {
  return axes.every(
    ({ size, stride, upsampling, before, after }) =>
      size === 1 && stride === 1 && upsampling === 1 && before === 0 && after === 0,
  );
}

/** How many taps a kernel has: the product of its sizes. */
export function tapsOf(axes: PerAxis<ConvAxis>): number {
  return axes.reduce((taps, axis) => taps * axis.size, 1);
}

/** How many weights a kernel of this form has. */
export function weightsOf(form: LinearForm): number {
  return form.outChannels * (form.inChannels / form.groups) * tapsOf(form.axes);
}

/** Zeros for the weight of a kernel of this form: [out, in / groups, ...sizes]. */
export function weightZeros(op: string, form: LinearForm): Float64Array {
  return float64(op, [form.outChannels, form.inChannels / form.groups, ...sizesOf(form)]);
}

/** [size, size, ...], as errors quote it. */
export function sizesOf({ axes }: LinearForm): number[] {
  return axes.map((axis) => axis.size);
}

/** [stride, stride, ...], as errors quote it. */
export function stridesOf({ axes }: LinearForm): number[] {
  return axes.map((axis) => axis.stride);
}

/** [[before, after], ...], as errors quote it. */
export function paddingOf({ axes }: LinearForm): number[][] {
  return axes.map(({ before, after }) => [before, after]);
}

/**
 * The options of {@link plainKernel}, each with a value an axis, but for the bias [out], the groups and the
 * padding mode.
 */
export interface PlainKernelOptions {
  readonly bias?: Float64Array;
  readonly stride?: PerAxis<number>;
  readonly padding?: PerAxis<readonly [before: number, after: number]>;
  readonly dilation?: PerAxis<number>;
  readonly upsampling?: PerAxis<number>;
  readonly groups?: number;
  readonly paddingMode?: PaddingMode;
}

/**
 * A kernel without padding, stride, dilation and upsampling, but for what the options say.
 * @param weight [out, in / groups, ...sizes]
 * @param shape the weight's: [out, in / groups, ...sizes]
 * @throws {ShapeError} if the weight does not fill the shape, or the groups do not divide the output channels
 */
export function plainKernel(
  weight: Float64Array,
  shape: readonly number[],
  options: PlainKernelOptions = {},
): LinearKernel {
  const [outChannels = 0, groupChannels = 0, ...sizes] = shape;
  const { groups = 1, stride, padding, dilation, upsampling } = options;
  const values = shape.reduce((product, size) => product * size, 1);
  if (shape.length < 2 || weight.length !== values || outChannels % groups !== 0) {
    throw new ShapeError(
      "plainKernel",
      "shape must hold the weights, and groups divide the output channels",
      { weight: `${weight.length} values`, shape: [...shape], groups },
    );
  }
  return {
    weight,
    bias: options.bias,
    inChannels: groupChannels * groups,
    outChannels,
    axes: sizes.map((size, axis) => {
      const [before = 0, after = 0] = padding?.[axis] ?? [];
      return {
        size,
        stride: stride?.[axis] ?? 1,
        dilation: dilation?.[axis] ?? 1,
        upsampling: upsampling?.[axis] ?? 1,
        before,
        after,
      };
    }),
    groups,
    paddingMode: options.paddingMode ?? "zeros",
  };
}
