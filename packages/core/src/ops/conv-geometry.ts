import { checkOptions, type OptionNames, type Pair, pair, whole } from "../checks.js";
import type { ConvGeometry } from "../engines/engine.js";
import { ArgumentError, ShapeError } from "../errors.js";

/** How the border is filled. */
export type PaddingMode = "zeros" | "reflect" | "replicate" | "circular";

/** `n`, `[height, width]`, `[[top, bottom], [left, right]]`, or PyTorch's words. */
export type Padding =
  | Pair
  | readonly [readonly [top: number, bottom: number], readonly [left: number, right: number]]
  | "same"
  | "valid";

/** The options of a 2-D convolution, with PyTorch's names, meanings and defaults. */
export interface Conv2dOptions {
  /** Step between windows, in pixels. Default 1. */
  readonly stride?: Pair;
  /** Pixels added around x. `"same"` keeps the size (stride 1 only; an odd total puts the extra pixel at the bottom and right). Default 0. */
  readonly padding?: Padding;
  /** Distance between the taps of the kernel, in pixels. Default 1. */
  readonly dilation?: Pair;
  /** Into how many independent convolutions the channels are split. Default 1. */
  readonly groups?: number;
  /** What the added pixels hold. Default `"zeros"`. */
  readonly paddingMode?: PaddingMode;
}

export const conv2dOptionNames: OptionNames<Conv2dOptions> = {
  stride: true,
  padding: true,
  dilation: true,
  groups: true,
  paddingMode: true,
};

/** Padding as pixels on each side. */
export interface PaddingPixels {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

const paddingModes: readonly string[] = ["zeros", "reflect", "replicate", "circular"];

/** The options of a convolution, checked and in their fullest form; independent of any input. */
export interface ConvSettings {
  readonly stride: readonly [number, number];
  readonly padding: PaddingPixels;
  readonly dilation: readonly [number, number];
  readonly groups: number;
  readonly paddingMode: PaddingMode;
}

/**
 * Checks a convolution's options for a kernel of the given size and resolves `"same"`, `"valid"` and single numbers.
 * @throws {ArgumentError} if one is outside its domain, or `"same"` meets a stride above 1
 */
export function convSettings(
  op: string,
  kernelSize: readonly [height: number, width: number],
  options: Conv2dOptions,
): ConvSettings {
  checkOptions(op, options, conv2dOptionNames);
  const stride = pair(op, "stride", options.stride ?? 1, 1);
  const dilation = pair(op, "dilation", options.dilation ?? 1, 1);
  const groups = whole(op, "groups", options.groups ?? 1, 1);
  const paddingMode = options.paddingMode ?? "zeros";
  if (!paddingModes.includes(paddingMode)) {
    throw new ArgumentError(op, `paddingMode must be one of ${paddingModes.join(", ")}`, { paddingMode });
  }
  const padding = resolvePadding(op, options.padding ?? 0, kernelSize, stride, dilation);
  return { stride, padding, dilation, groups, paddingMode };
}

/**
 * The geometry of one convolution: out = floor((in + pad - dilation (kernel - 1) - 1) / stride) + 1 on each axis.
 *
 * @param xShape [batch, channels, height, width]
 * @param weightShape [out channels, in channels / groups, kernel height, kernel width]
 * @throws {ShapeError} if the shapes do not fit each other, or the kernel does not fit the padded input
 * @throws {ArgumentError} if an option is outside its domain
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.conv2d.html
 */
export function convGeometry(
  op: string,
  xShape: readonly number[],
  weightShape: readonly number[],
  options: Conv2dOptions,
): ConvGeometry {
  const [batch, inChannels, inHeight, inWidth] = xShape as [number, number, number, number];
  const [outChannels, groupChannels, kernelHeight, kernelWidth] = weightShape as [
    number,
    number,
    number,
    number,
  ];
  const got = { "x.shape": [...xShape], "weight.shape": [...weightShape] };
  if (weightShape.some((size) => size === 0))
    throw new ShapeError(op, "weight must not have an empty axis", got);
  const { stride, padding, dilation, groups, paddingMode } = convSettings(
    op,
    [kernelHeight, kernelWidth],
    options,
  );
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
  if (inHeight === 0 || inWidth === 0) throw new ShapeError(op, "x must not have an empty image", got);
  const { top, bottom, left, right } = padding;
  checkPaddingFits(op, paddingMode, padding, inHeight, inWidth);
  const outHeight = outputSize(inHeight + top + bottom, kernelHeight, stride[0], dilation[0]);
  const outWidth = outputSize(inWidth + left + right, kernelWidth, stride[1], dilation[1]);
  if (outHeight < 1 || outWidth < 1) {
    const span = [dilation[0] * (kernelHeight - 1) + 1, dilation[1] * (kernelWidth - 1) + 1];
    const padded = [inHeight + top + bottom, inWidth + left + right];
    throw new ShapeError(op, `the kernel spans [${span}] pixels but the padded input has [${padded}]`, got);
  }
  return {
    batch,
    inChannels,
    inHeight,
    inWidth,
    outChannels,
    outHeight,
    outWidth,
    kernelHeight,
    kernelWidth,
    strideHeight: stride[0],
    strideWidth: stride[1],
    padTop: top,
    padBottom: bottom,
    padLeft: left,
    padRight: right,
    dilationHeight: dilation[0],
    dilationWidth: dilation[1],
    groups,
  };
}

/** How many windows fit: floor((padded - dilation (kernel - 1) - 1) / stride) + 1; below 1 where none does. */
export function outputSize(padded: number, kernel: number, stride: number, dilation: number): number {
  return Math.floor((padded - dilation * (kernel - 1) - 1) / stride) + 1;
}

/** @throws {ShapeError} if reflect or circular padding asks for more pixels than the image can give */
export function checkPaddingFits(
  op: string,
  mode: PaddingMode,
  padding: PaddingPixels,
  height: number,
  width: number,
): void {
  if (mode !== "reflect" && mode !== "circular") return;
  const limit = mode === "reflect" ? -1 : 0;
  const { top, bottom, left, right } = padding;
  if (Math.max(top, bottom) <= height + limit && Math.max(left, right) <= width + limit) return;
  const rule = mode === "reflect" ? "less than the image's size" : "at most the image's size";
  throw new ShapeError(op, `${mode} padding must be ${rule} on each axis`, {
    padding: [
      [top, bottom],
      [left, right],
    ],
    image: [height, width],
  });
}

function resolvePadding(
  op: string,
  padding: Padding,
  kernel: readonly [number, number],
  stride: readonly [number, number],
  dilation: readonly [number, number],
): PaddingPixels {
  if (padding === "valid") return { top: 0, bottom: 0, left: 0, right: 0 };
  if (padding === "same") {
    if (stride[0] !== 1 || stride[1] !== 1) {
      throw new ArgumentError(op, 'padding "same" needs stride 1', { stride: [...stride] });
    }
    const [top, bottom] = samePadding(kernel[0], dilation[0]);
    const [left, right] = samePadding(kernel[1], dilation[1]);
    return { top, bottom, left, right };
  }
  if (Array.isArray(padding) && padding.length === 2 && padding.every(Array.isArray)) {
    const sides = padding as readonly (readonly number[])[];
    if (sides.every((side) => side.length === 2)) {
      for (const pixels of sides.flat()) whole(op, "padding", pixels, 0, padding);
      const [[top, bottom], [left, right]] = padding as unknown as [[number, number], [number, number]];
      return { top, bottom, left, right };
    }
  }
  const isNumbers =
    typeof padding === "number" ||
    (Array.isArray(padding) && padding.length === 2 && !padding.some(Array.isArray));
  if (!isNumbers) {
    const forms = 'a number, [height, width], [[top, bottom], [left, right]], "same" or "valid"';
    throw new ArgumentError(op, `padding must be ${forms}`, { padding });
  }
  const [vertical, horizontal] = pair(op, "padding", padding as Pair, 0);
  return { top: vertical, bottom: vertical, left: horizontal, right: horizontal };
}

/** PyTorch puts the odd pixel of a "same" padding after the image. */
function samePadding(kernel: number, dilation: number): readonly [before: number, after: number] {
  const total = dilation * (kernel - 1);
  const before = Math.floor(total / 2);
  return [before, total - before];
}
