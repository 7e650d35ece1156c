import { checkOptions, type OptionNames, type Pair, whole } from "../../checks.js";
import type { ConvAxis, ConvGeometry } from "../../engines/engine.js";
import { ArgumentError, ShapeError } from "../../errors.js";
import { axesText, perAxis, repeated, type Single, type Triple } from "../per-axis.js";
import { outSizeOf, paddedSize, spanOf } from "./conv-axis.js";

/** How the border is filled. */
export type PaddingMode = "zeros" | "reflect" | "replicate" | "circular";

/** Pixels before and after an axis. */
export type Sides = readonly [before: number, after: number];

/** `n`, `[width]`, `[[left, right]]`, or PyTorch's words. */
export type Padding1d = Single | readonly [Sides] | "same" | "valid";

/** `n`, `[height, width]`, `[[top, bottom], [left, right]]`, or PyTorch's words. */
export type Padding = Pair | readonly [Sides, Sides] | "same" | "valid";

/** `n`, `[depth, height, width]`, `[[front, back], [top, bottom], [left, right]]`, or PyTorch's words. */
export type Padding3d = Triple | readonly [Sides, Sides, Sides] | "same" | "valid";

/**
 * The options of a convolution, with PyTorch's names, meanings and defaults; its rank says how many numbers
 * an option may have.
 */
export interface ConvOptions<Numbers, Border> {
  /** Step between windows, in pixels. Default 1. */
  readonly stride?: Numbers;
  /**
   * Pixels added around x. `"same"` keeps the size (stride 1 only; an odd total puts the extra pixel after
   * the image). Default 0.
   */
  readonly padding?: Border;
  /** Distance between the taps of the kernel, in pixels. Default 1. */
  readonly dilation?: Numbers;
  /** Into how many independent convolutions the channels are split. Default 1. */
  readonly groups?: number;
  /** What the added pixels hold. Default `"zeros"`. */
  readonly paddingMode?: PaddingMode;
}

/** The options of a 1-D convolution. */
export interface Conv1dOptions extends ConvOptions<Single, Padding1d> {}

/** The options of a 2-D convolution. */
export interface Conv2dOptions extends ConvOptions<Pair, Padding> {}

/** The options of a 3-D convolution. */
export interface Conv3dOptions extends ConvOptions<Triple, Padding3d> {}

/** The options of a convolution of any rank. */
export type AnyConvOptions = ConvOptions<number | readonly number[], AnyPadding>;

/** Padding of any rank. */
export type AnyPadding = number | readonly number[] | readonly Sides[] | "same" | "valid";

export const convOptionNames: OptionNames<AnyConvOptions> = {
  stride: true,
  padding: true,
  dilation: true,
  groups: true,
  paddingMode: true,
};

const paddingModes: readonly string[] = ["zeros", "reflect", "replicate", "circular"];

/** The options of a convolution, checked and in their fullest form; independent of any input. */
export interface ConvSettings {
  readonly axes: readonly ConvAxis[];
  readonly groups: number;
  readonly paddingMode: PaddingMode;
}

/**
 * Checks a convolution's options for a kernel of the given size and resolves `"same"`, `"valid"` and single
 * numbers.
 * @throws {ArgumentError} if one is outside its domain, or `"same"` meets a stride above 1
 */
export function convSettings(
  op: string,
  kernelSize: readonly number[],
  options: AnyConvOptions,
): ConvSettings {
  checkOptions(op, options, convOptionNames);
  const rank = kernelSize.length;
  const stride = perAxis(op, "stride", options.stride ?? 1, rank, 1);
  const dilation = perAxis(op, "dilation", options.dilation ?? 1, rank, 1);
  const groups = whole(op, "groups", options.groups ?? 1, 1);
  const paddingMode = options.paddingMode ?? "zeros";
  if (!paddingModes.includes(paddingMode)) {
    throw new ArgumentError(op, `paddingMode must be one of ${paddingModes.join(", ")}`, { paddingMode });
  }
  const sides = resolvePadding(op, options.padding ?? 0, kernelSize, stride, dilation);
  const axes: ConvAxis[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const side = sides[axis] as Sides;
    axes.push({
      size: kernelSize[axis] as number,
      stride: stride[axis] as number,
      dilation: dilation[axis] as number,
      upsampling: 1,
      before: side[0],
      after: side[1],
    });
  }
  return { axes, groups, paddingMode };
}

/**
 * The geometry of one convolution: out = floor((in + pad - dilation (kernel - 1) - 1) / stride) + 1 on each
 * axis.
 *
 * @param xShape [batch, channels, ...image]
 * @param weightShape [out channels, in channels / groups, ...kernel]
 * @throws {ShapeError} if the shapes do not fit each other, or the kernel does not fit the padded input
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.conv2d.html
 */
export function convGeometry(
  op: string,
  xShape: readonly number[],
  weightShape: readonly number[],
  { axes, groups, paddingMode }: ConvSettings,
): ConvGeometry {
  // Indices and slices instead of patterns, and loops below: the arithmetic is a part of a small
  // convolution's time.
  const batch = xShape[0] as number;
  const inChannels = xShape[1] as number;
  const inSize = xShape.slice(2);
  const outChannels = weightShape[0] as number;
  const groupChannels = weightShape[1] as number;
  const got = { "x.shape": xShape, "weight.shape": weightShape };
  if (weightShape.includes(0)) throw new ShapeError(op, "weight must not have an empty axis", got);
  if (outChannels % groups !== 0) {
    throw new ShapeError(
      op,
      `weight has ${outChannels} output channels, which ${groups} groups do not divide`,
      got,
    );
  }
  if (inChannels !== groupChannels * groups) {
    const expected =
      groups === 1 ? `${groupChannels}` : `${groupChannels} x ${groups} groups = ${groupChannels * groups}`;
    throw new ShapeError(op, `x has ${inChannels} channels but weight expects ${expected}`, got);
  }
  if (inSize.includes(0)) throw new ShapeError(op, "x must not have an empty image", got);
  checkPaddingFits(op, paddingMode, axes, inSize);
  const outSize: number[] = [];
  let fits = true;
  for (let i = 0; i < axes.length; i++) {
    const size = outSizeOf(axes[i] as ConvAxis, inSize[i] as number);
    outSize.push(size);
    fits &&= size >= 1;
  }
  if (!fits) {
    const padded = axes.map((axis, i) => paddedSize(axis, inSize[i] as number));
    const rule = `the kernel spans [${axes.map(spanOf)}] pixels but the padded input has [${padded}]`;
    throw new ShapeError(op, rule, got);
  }
  return { batch, inChannels, outChannels, groups, axes, inSize, outSize, transposed: false };
}

/** @throws {ShapeError} if reflect or circular padding asks for more pixels than the image can give */
export function checkPaddingFits(
  op: string,
  mode: PaddingMode,
  axes: readonly Pick<ConvAxis, "before" | "after">[],
  image: readonly number[],
): void {
  if (mode !== "reflect" && mode !== "circular") return;
  const limit = mode === "reflect" ? -1 : 0;
  if (axes.every(({ before, after }, i) => Math.max(before, after) <= (image[i] as number) + limit)) return;
  const rule = mode === "reflect" ? "less than the image's size" : "at most the image's size";
  throw new ShapeError(op, `${mode} padding must be ${rule} on each axis`, {
    padding: axes.map(({ before, after }) => [before, after]),
    image: [...image],
  });
}

/** How errors name the sides of an image's axes, by rank. */
const sidesText: readonly string[] = [
  "",
  "[[left, right]]",
  "[[top, bottom], [left, right]]",
  "[[front, back], [top, bottom], [left, right]]",
];

function resolvePadding(
  op: string,
  padding: AnyPadding,
  kernel: readonly number[],
  stride: readonly number[],
  dilation: readonly number[],
): readonly Sides[] {
  const rank = kernel.length;
  if (typeof padding === "number") return repeated(symmetric(whole(op, "padding", padding, 0)), rank);
  if (padding === "valid") return repeated(symmetric(0), rank);
  if (padding === "same") {
    if (stride.some((step) => step !== 1)) {
      throw new ArgumentError(op, 'padding "same" needs stride 1', { stride: [...stride] });
    }
    return kernel.map((size, axis) => samePadding(size, dilation[axis] as number));
  }
  if (Array.isArray(padding) && padding.length === rank && padding.every(isSides)) {
    for (const pixels of padding.flat()) whole(op, "padding", pixels, 0, padding);
    return padding;
  }
  if (!Array.isArray(padding) || padding.length !== rank || padding.some(Array.isArray)) {
    const forms = `a number, ${axesText(rank)}, ${sidesText[rank]}, "same" or "valid"`;
    throw new ArgumentError(op, `padding must be ${forms}`, { padding });
  }
  return perAxis(op, "padding", padding as readonly number[], rank, 0).map(symmetric);
}

function symmetric(pixels: number): Sides {
  return [pixels, pixels];
}

function isSides(side: unknown): side is Sides {
  return Array.isArray(side) && side.length === 2;
}

/** PyTorch puts the odd pixel of a "same" padding after the image. */
function samePadding(kernel: number, dilation: number): Sides {
  const total = dilation * (kernel - 1);
  const before = Math.floor(total / 2);
  return [before, total - before];
}
