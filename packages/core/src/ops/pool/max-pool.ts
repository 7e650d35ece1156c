import { checkFlag, checkOptions, type OptionNames } from "../../checks.js";
import type { Tensor } from "../../tensor/tensor.js";
import { plainAxis, spanOf } from "../conv/conv-axis.js";
import { perAxis } from "../per-axis.js";
import { checkHalf } from "./avg-pool.js";
import { type Pooling, pooled } from "./pool.js";

/** The options of a maximum pooling; its rank says how many numbers an option may have. */
export interface MaxPoolOptions<Numbers> {
  /** Step between windows. Default: the kernel's size. */
  readonly stride?: Numbers;
  /** Pixels on every side that no maximum is taken over; at most half of what the kernel spans. Default 0. */
  readonly padding?: Numbers;
  /** Distance between the pixels of a window. Default 1. */
  readonly dilation?: Numbers;
  /**
   * True: a last window that begins inside the (left-padded) image counts even where it does not fit. Default
   * false.
   */
  readonly ceilMode?: boolean;
}

/** The options of a maximum pooling of any rank. */
export type AnyMaxPoolOptions = MaxPoolOptions<number | readonly number[]>;

const maxPoolOptionNames: OptionNames<AnyMaxPoolOptions> = {
  stride: true,
  padding: true,
  dilation: true,
  ceilMode: true,
};

/**
 * A maximum pooling's windows, each with its largest value.
 * @throws {ArgumentError} if an option is outside its domain
 */
export function maxPooling(
  op: string,
  rank: number,
  kernelSize: number | readonly number[],
  options: AnyMaxPoolOptions,
): Pooling {
  checkOptions(op, options, maxPoolOptionNames);
  const kernel = perAxis(op, "kernelSize", kernelSize, rank, 1);
  const stride = perAxis(op, "stride", options.stride ?? kernel, rank, 1);
  const padding = perAxis(op, "padding", options.padding ?? 0, rank, 0);
  const dilation = perAxis(op, "dilation", options.dilation ?? 1, rank, 1);
  const { ceilMode = false } = options;
  checkFlag(op, "ceilMode", ceilMode);
  const axes = kernel.map((size, axis) => {
    const pixels = padding[axis] as number;
    const steps = { stride: stride[axis] as number, dilation: dilation[axis] as number };
    return plainAxis(size, { ...steps, before: pixels, after: pixels });
  });
  checkHalf(op, padding, axes.map(spanOf));
  return { reduce: "max", axes, ceilMode, countIncludePad: true, divisor: undefined };
}

/** A maximum pooling of images with `rank` axes: what `maxPool1d`, `maxPool2d` and `maxPool3d` are. */
export function maxPool(
  op: string,
  rank: number,
  x: Tensor,
  kernelSize: number | readonly number[],
  options: AnyMaxPoolOptions,
): Tensor {
  return pooled(op, x, maxPooling(op, rank, kernelSize, options));
}
