import { checkFlag, checkOptions, type OptionNames } from "../../checks.js";
import { ArgumentError } from "../../errors.js";
import type { Tensor } from "../../tensor/tensor.js";
import { plainAxis } from "../conv/conv-axis.js";
import { perAxis } from "../per-axis.js";
import { type Pooling, pooled } from "./pool.js";

/** The options of an average pooling; its rank says how many numbers an option may have. */
export interface AvgPoolOptions<Numbers> {
  /** Step between windows. Default: the kernel's size. */
  readonly stride?: Numbers;
  /** Zeros added on both sides of each axis; at most half of the kernel. Default 0. */
  readonly padding?: Numbers;
  /**
   * True: a last window that begins inside the (left-padded) image counts even where it does not fit. Default
   * false.
   */
  readonly ceilMode?: boolean;
  /** True: padding counts in the average. Default true. */
  readonly countIncludePad?: boolean;
}

/** The options of an average pooling that may divide by another number. */
export interface DivisorOption {
  /** Divides by this whole number, not 0, instead of the window's size. Default: the window's size. */
  readonly divisorOverride?: number;
}

/** The options of an average pooling of any rank. */
export type AnyAvgPoolOptions = AvgPoolOptions<number | readonly number[]> & DivisorOption;

export const avgPool1dOptionNames: OptionNames<AvgPoolOptions<unknown>> = {
  stride: true,
  padding: true,
  ceilMode: true,
  countIncludePad: true,
};

export const avgPoolOptionNames: OptionNames<AnyAvgPoolOptions> = {
  ...avgPool1dOptionNames,
  divisorOverride: true,
};

/** The options of an average pooling, checked and in their fullest form. */
export interface PoolSettings {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly ceilMode: boolean;
  readonly countIncludePad: boolean;
  readonly divisorOverride: number | undefined;
}

/** @throws {ArgumentError} if an option is outside its domain */
export function avgPoolSettings(
  op: string,
  rank: number,
  kernelSize: number | readonly number[],
  options: AnyAvgPoolOptions,
): PoolSettings {
  checkOptions<AnyAvgPoolOptions>(
    op,
    options,
    rank === 1 ? (avgPool1dOptionNames as OptionNames<AnyAvgPoolOptions>) : avgPoolOptionNames,
  );
  const kernel = perAxis(op, "kernelSize", kernelSize, rank, 1);
  const stride = perAxis(op, "stride", options.stride ?? kernel, rank, 1);
  const padding = perAxis(op, "padding", options.padding ?? 0, rank, 0);
  const { ceilMode = false, countIncludePad = true, divisorOverride } = options;
  checkFlag(op, "ceilMode", ceilMode);
  checkFlag(op, "countIncludePad", countIncludePad);
  checkHalf(op, padding, kernel);
  if (divisorOverride !== undefined && (!Number.isSafeInteger(divisorOverride) || divisorOverride === 0)) {
    throw new ArgumentError(op, "divisorOverride must be a whole number other than 0", {
      divisorOverride,
    });
  }
  return { kernel, stride, padding, ceilMode, countIncludePad, divisorOverride };
}

/** @throws {ArgumentError} if a window could lie in the padding alone */
export function checkHalf(op: string, padding: readonly number[], kernel: readonly number[]): void {
  if (padding.every((pixels, axis) => pixels * 2 <= (kernel[axis] as number))) return;
  throw new ArgumentError(op, "padding must be at most half of the kernel", {
    padding: [...padding],
    kernelSize: [...kernel],
  });
}

/** An average pooling's windows, each with a mean. */
export function meanPooling(settings: PoolSettings): Pooling {
  const { kernel, stride, padding, ceilMode, countIncludePad, divisorOverride: divisor } = settings;
  const axes = kernel.map((size, i) => {
    const [step, pixels] = [stride[i] as number, padding[i] as number];
    return plainAxis(size, { stride: step, before: pixels, after: pixels });
  });
  return { reduce: "mean", axes, ceilMode, countIncludePad, divisor };
}

/** An average pooling of images with `rank` axes: what `avgPool1d`, `avgPool2d` and `avgPool3d` are. */
export function avgPool(
  op: string,
  rank: number,
  x: Tensor,
  kernelSize: number | readonly number[],
  options: AnyAvgPoolOptions,
): Tensor {
  return pooled(op, x, meanPooling(avgPoolSettings(op, rank, kernelSize, options)));
}
