import { FusionError } from "../../errors.js";
import { type ConvAxis, excessOf } from "../../ops/conv/conv-axis.js";
import type { PaddingMode } from "../../ops/conv/conv-geometry.js";
import { isPadded, type LinearForm, type PerAxis, paddingOf, sizesOf, stridesOf } from "../kernel.js";
import { commonGrid, gcd } from "./grid.js";

/** The grid and the padding mode that parallel kernels share. */
export interface Alignment {
  readonly axes: PerAxis<ConvAxis>;
  readonly paddingMode: PaddingMode;
}

/**
 * The one grid of parallel kernels: the union of their taps, each at its padding's offset, and one padding
 * mode.
 * @throws {FusionError} if no such grid is exact at every input size
 */
export function alignmentOf(op: string, forms: readonly LinearForm[]): Alignment {
  const first = forms[0];
  if (first === undefined) throw new FusionError(op, "there is nothing to combine");
  agree(op, "the branches have different numbers of axes", forms, (form) => form.axes.length);
  agree(op, "the branches read different numbers of channels", forms, (form) => form.inChannels);
  agree(op, "the branches have different strides", forms, stridesOf);
  agree(op, "the branches have different upsamplings", forms, (form) =>
    form.axes.map((axis) => axis.upsampling),
  );
  const paddingMode = commonMode(op, forms);
  const axes = first.axes.map((_, i) => {
    const along = forms.map((form) => form.axes[i] as ConvAxis);
    const excesses = along.map(sizeExcess);
    if (excesses.some((excess) => excess !== excesses[0])) throw sizesApart(op, forms, i, excesses);
    return commonGrid(along);
  });
  return { axes, paddingMode };
}

/**
 * What decides an axis's output sizes beside its stride and its upsampling; in steps of what those two have
 * in common.
 */
function sizeExcess(axis: ConvAxis): number {
  return Math.floor((excessOf(axis) + 1) / gcd(axis.stride, axis.upsampling));
}

function sizesApart(
  op: string,
  forms: readonly LinearForm[],
  axis: number,
  excesses: readonly number[],
): FusionError {
  const first = forms[0] as LinearForm;
  const apart = Math.max(...excesses) - Math.min(...excesses);
  const how =
    apart < (first.axes[axis] as ConvAxis).stride ? "agree only at some input sizes" : "never agree";
  return new FusionError(op, `the branches' output sizes ${how}`, {
    kernelSize: forms.map(sizesOf),
    padding: forms.map(paddingOf),
    stride: stridesOf(first),
  });
}

/** The number of groups whose blocks hold the blocks of every kernel. */
export function commonGroups(forms: readonly LinearForm[]): number {
  return forms.reduce((groups, form) => gcd(groups, form.groups), 0);
}

/**
 * The one mode of all kernels that are padded at all; a kernel without padding reads only inside and fits
 * any.
 * @throws {FusionError} if there are several
 */
export function commonMode(op: string, forms: readonly LinearForm[]): PaddingMode {
  const padded = forms.filter(isPadded);
  agree(op, "padding modes are mixed", padded, (form) => form.paddingMode);
  return padded[0]?.paddingMode ?? "zeros";
}

/** @throws {FusionError} with the rule and the values, if a property differs between kernels */
export function agree(
  op: string,
  rule: string,
  forms: readonly LinearForm[],
  property: (form: LinearForm) => number | string | readonly number[],
): void {
  const values = forms.map(property);
  if (values.some((value) => String(value) !== String(values[0])))
    throw new FusionError(op, rule, { values });
}
