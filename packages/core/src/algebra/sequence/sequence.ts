import { FusionError } from "../../errors.js";
import { type ConvAxis, spanOf } from "../../ops/conv/conv-axis.js";
import type { PaddingMode } from "../../ops/conv/conv-geometry.js";
import { isPadded, type LinearForm, type LinearKernel, paddingOf, sizesOf, stridesOf } from "../kernel.js";
import { agree, commonMode } from "../parallel/align.js";
import { gcd } from "../parallel/grid.js";
import { borderOf } from "./border.js";
import { composeBias, composeWeights } from "./sequence-weights.js";

/**
 * Two convolutions, one after the other, as one: taps W(i uB + j sA) = sum over i, j of W_B(j) W_A(i),
 * b = b_B + W_B b_A, with sA the stride of the first and uB the upsampling of the second, one of which has to
 * be 1 on each axis.
 *
 * The second one's padding decides whether that is exact, since it pads what the first one gives:
 * - no padding, or a negative one: always;
 * - zeros: where the first one, run past its border on zeros, gives zero: no bias, and no tap that reaches
 *   back into the image;
 * - another mode: where padding and the first one commute: one tap and stride 1 on that axis.
 * The zeros that upsampling puts between pixels know no bias either.
 *
 * @param first weight [middle, in / groups, ...sizes]
 * @param second weight [out, middle / groups, ...sizes]; it reads what the first one gives
 * @returns weight [out, in / groups, ...sizes], float64; in each place the sum over all pairs of taps that
 *   meet there
 * @throws {FusionError} if the channels do not fit, a stride meets an upsampling, or the border would differ
 * @see DBB transform III, https://arxiv.org/abs/2103.13425, which keeps to 1x1 followed by kxk; the border:
 *   QARepVGG and ECBSR pad with the bias instead
 * @example
 * mergeSequence(kernelOfConv2d(new Conv2d(2, 4, 3)), kernelOfConv2d(new Conv2d(4, 2, 3))).axes[0]?.size; // 5
 */
export function mergeSequence(first: LinearKernel, second: LinearKernel): LinearKernel {
  const form = sequenceForm(first, second, () => first.bias);
  return { ...form, weight: composeWeights(first, second, form), bias: composeBias(first, second) };
}

/**
 * What {@link mergeSequence} gives, without its numbers.
 * @param firstBias the bias of the first one: asked only where a border or a hole would see it
 * @throws {FusionError} as that does
 */
export function sequenceForm(
  first: LinearForm,
  second: LinearForm,
  firstBias: () => Float64Array | undefined,
): LinearForm {
  if (first.outChannels !== second.inChannels) {
    throw new FusionError("mergeSequence", "the second convolution reads another number of channels", {
      first: first.outChannels,
      second: second.inChannels,
    });
  }
  agree(
    "mergeSequence",
    "the convolutions have different numbers of axes",
    [first, second],
    (form) => form.axes.length,
  );
  const paddingMode = commonMode("mergeSequence", [first, second]);
  checkHoles(first, second, firstBias);
  if (isPadded(second)) {
    if (second.paddingMode === "zeros") checkZeroPadding(first, second, firstBias);
    else checkCopiedPadding(first, second);
  }
  const axes = first.axes.map((a, i) => mergedAxis(a, second.axes[i] as ConvAxis));
  const merged = {
    inChannels: first.inChannels,
    outChannels: second.outChannels,
    axes,
    groups: gcd(first.groups, second.groups),
    paddingMode,
  };
  if (paddingMode !== "zeros" && isPadded(merged) && axes.some((axis) => axis.upsampling > 1)) {
    throw new FusionError("mergeSequence", `${paddingMode} padding of an upsampled image`, {
      upsampling: axes.map((axis) => axis.upsampling),
    });
  }
  checkSmallImages(first, second, merged);
  return merged;
}

function mergedAxis(a: ConvAxis, b: ConvAxis): ConvAxis {
  const stepA = a.size > 1 ? a.dilation * b.upsampling : 0;
  const stepB = b.size > 1 ? b.dilation * a.stride : 0;
  const dilation = gcd(stepA, stepB) || 1;
  return {
    size: (b.upsampling * (spanOf(a) - 1) + a.stride * (spanOf(b) - 1)) / dilation + 1,
    stride: a.stride * b.stride,
    dilation,
    upsampling: a.upsampling * b.upsampling,
    before: b.upsampling * a.before + a.stride * b.before,
    after: b.upsampling * a.after + a.stride * b.after,
  };
}

/**
 * The zeros between the pixels of the second one's input: no stride may skip over them, and no bias of the
 * first one fills them.
 */
function checkHoles(first: LinearForm, second: LinearForm, firstBias: () => Float64Array | undefined): void {
  const upsampling = second.axes.map((axis) => axis.upsampling);
  if (upsampling.every((factor) => factor === 1)) return;
  if (first.axes.some((a, i) => a.stride > 1 && (upsampling[i] as number) > 1)) {
    throw new FusionError("mergeSequence", "a stride before upsampling: neither can go first", {
      stride: stridesOf(first),
      upsampling,
    });
  }
  const at = nonzeroAt(firstBias());
  if (at !== undefined) {
    throw new FusionError("mergeSequence", "a bias before upsampling: the holes are zeros, not the bias", at);
  }
}

/**
 * The remedy that published blocks use. It gives other outputs at the border, so it is a network's author who
 * chooses it.
 */
const paddedBefore = "Padded before both (a Pad2d), as DBB, ECBSR and FMEN are, the two are one";

/** Past its border, the first convolution must give zero, as the padding of the second does. */
function checkZeroPadding(
  first: LinearForm,
  second: LinearForm,
  firstBias: () => Float64Array | undefined,
): void {
  const borders = first.axes.map((a, i) => borderOf(a, second.axes[i] as ConvAxis));
  const at = borders.some((border) => border.isSeen) ? nonzeroAt(firstBias()) : undefined;
  if (at !== undefined) {
    throw new FusionError(
      "mergeSequence",
      `a bias before zero padding: the border sees zeros, not the bias. ${paddedBefore}, and the border is the bias`,
      at,
    );
  }
  const axis = borders.findIndex((border) => border.readsImage);
  if (axis < 0) return;
  const { before, after } = second.axes[axis] as ConvAxis;
  throw new FusionError(
    "mergeSequence",
    `zero padding between the convolutions: past its border the first one would still read the image. ${paddedBefore}`,
    { first: sizesOf(first), second: `padded by [${before},${after}]` },
  );
}

function nonzeroAt(bias: Float64Array | undefined): { channel: number; bias: number } | undefined {
  const channel = bias?.findIndex((value) => value !== 0) ?? -1;
  return channel < 0 ? undefined : { channel, bias: bias?.[channel] as number };
}

/**
 * Padding that copies pixels commutes with a convolution of one tap, if that copies nothing itself or
 * replicates too.
 */
function checkCopiedPadding(first: LinearForm, second: LinearForm): void {
  const mode = second.paddingMode;
  const commutes = first.axes.every((a, i) => {
    const { before, after } = second.axes[i] as ConvAxis;
    if (before <= 0 && after <= 0) return true;
    const copies = mode === "replicate" ? a.before >= 0 && a.after >= 0 : a.before === 0 && a.after === 0;
    return a.size === 1 && a.stride === 1 && copies;
  });
  if (commutes) return;
  throw new FusionError(
    "mergeSequence",
    `${mode} padding between the convolutions: it copies outputs, not inputs`,
    { first: sizesOf(first), stride: stridesOf(first), padding: paddingOf(first) },
  );
}

/** An image too small for the first one must stay too small for both as one. */
function checkSmallImages(first: LinearForm, second: LinearForm, merged: LinearForm): void {
  first.axes.forEach((a, i) => {
    const both = merged.axes[i] as ConvAxis;
    const size = leastSize(a, first.paddingMode);
    if (leastSize(both, merged.paddingMode) >= size) return;
    throw new FusionError(
      "mergeSequence",
      "an image too small for the first convolution would be large enough for both as one",
      { size: size - 1, first: sizesOf(first), padding: [paddingOf(first), paddingOf(second)] },
    );
  });
}

/**
 * The smallest image that an axis accepts: one window fits, and there is a pixel for each that is reflected
 * or wrapped.
 */
function leastSize(axis: ConvAxis, mode: PaddingMode): number {
  const lacking = spanOf(axis) - 1 - axis.before - axis.after;
  const copied = Math.max(axis.before, axis.after, 0);
  const limit = mode === "reflect" && copied > 0 ? copied + 1 : mode === "circular" ? copied : 1;
  return Math.max(1, Math.ceil(lacking / axis.upsampling) + 1, limit);
}
