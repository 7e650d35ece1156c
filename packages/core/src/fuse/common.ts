import { FusionError } from "../errors.js";
import type { PaddingMode } from "../ops/conv-geometry.js";
import { commonGrid, gcd, onGrid } from "./embed.js";
import { axisOf, excessOf, isPadded, type LinearKernel } from "./kernel.js";

/**
 * Parallel kernels brought onto one grid: the union of their taps, each at its padding's offset, and one padding mode.
 *
 * @returns the kernels with equal size, stride, padding, dilation and padding mode; channels and groups as they were
 * @throws {FusionError} if no such grid is exact at every input size
 */
export function onCommonGrid(op: string, kernels: readonly LinearKernel[]): readonly LinearKernel[] {
  const first = kernels[0];
  if (first === undefined) throw new FusionError(op, "there is nothing to combine");
  agree(op, "the branches read different numbers of channels", kernels, (k) => k.inChannels);
  agree(op, "the branches have different strides", kernels, (k) => k.stride);
  const paddingMode = commonMode(op, kernels);
  const [rows, columns] = ([0, 1] as const).map((axis) => {
    const axes = kernels.map((kernel) => axisOf(kernel, axis));
    const excesses = axes.map(excessOf);
    if (excesses.some((excess) => excess !== excesses[0])) {
      const apart = Math.max(...excesses) - Math.min(...excesses);
      const how = apart < first.stride[axis] ? "agree only at some input sizes" : "never agree";
      throw new FusionError(op, `the branches' output sizes ${how}`, {
        kernelSize: kernels.map((k) => [...k.kernelSize]),
        padding: kernels.map((k) => k.padding.map((side) => [...side])),
        stride: [...first.stride],
      });
    }
    return commonGrid(axes);
  }) as [ReturnType<typeof commonGrid>, ReturnType<typeof commonGrid>];
  return kernels.map((kernel) => ({ ...onGrid(kernel, rows, columns), paddingMode }));
}

/** The number of groups whose blocks hold the blocks of every kernel. */
export function commonGroups(kernels: readonly LinearKernel[]): number {
  return kernels.reduce((groups, kernel) => gcd(groups, kernel.groups), 0);
}

/**
 * The one mode of all kernels that are padded at all; a kernel without padding reads only inside and fits any.
 * @throws {FusionError} if there are several
 */
export function commonMode(op: string, kernels: readonly LinearKernel[]): PaddingMode {
  const padded = kernels.filter(isPadded);
  agree(op, "padding modes are mixed", padded, (k) => k.paddingMode);
  return padded[0]?.paddingMode ?? "zeros";
}

/** @throws {FusionError} with the rule and the values, if a property differs between kernels */
export function agree(
  op: string,
  rule: string,
  kernels: readonly LinearKernel[],
  property: (kernel: LinearKernel) => number | string | readonly number[],
): void {
  const values = kernels.map(property);
  if (values.some((value) => String(value) !== String(values[0])))
    throw new FusionError(op, rule, { values });
}
