import { checkOptions, type OptionNames, type Pair, whole } from "../../checks.js";
import type { ConvAxis, ConvGeometry } from "../../engines/engine.js";
import { ArgumentError, ShapeError } from "../../errors.js";
import { perAxis, type Single, type Triple } from "../per-axis.js";
import { outSizeOf, transposedAxis } from "./conv-axis.js";

/**
 * The options of a transposed convolution, with PyTorch's names, meanings and defaults; its rank says how
 * many numbers an option may have.
 */
export interface ConvTransposeOptions<Numbers> {
  /** Pixels of the output between the windows of neighbouring pixels of x. Default 1. */
  readonly stride?: Numbers;
  /** Pixels taken away from the output on both sides of each axis. Default 0. */
  readonly padding?: Numbers;
  /** Pixels added to the output after each axis; less than the stride or than the dilation. Default 0. */
  readonly outputPadding?: Numbers;
  /** Distance between the taps of the kernel, in pixels. Default 1. */
  readonly dilation?: Numbers;
  /** Into how many independent convolutions the channels are split. Default 1. */
  readonly groups?: number;
}

/** The options of a 1-D transposed convolution. */
export interface ConvTranspose1dOptions extends ConvTransposeOptions<Single> {}

/** The options of a 2-D transposed convolution. */
export interface ConvTranspose2dOptions extends ConvTransposeOptions<Pair> {}

/** The options of a 3-D transposed convolution. */
export interface ConvTranspose3dOptions extends ConvTransposeOptions<Triple> {}

/** The options of a transposed convolution of any rank. */
export type AnyConvTransposeOptions = ConvTransposeOptions<number | readonly number[]>;

export const convTransposeOptionNames: OptionNames<AnyConvTransposeOptions> = {
  stride: true,
  padding: true,
  outputPadding: true,
  dilation: true,
  groups: true,
};

/** The options of a transposed convolution, checked and in their fullest form; independent of any input. */
export interface ConvTransposeSettings {
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly outputPadding: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
  /** The linear map's: of stride 1, upsampling x. */
  readonly axes: readonly ConvAxis[];
}

/**
 * Checks a transposed convolution's options for a kernel of the given size.
 * @throws {ArgumentError} if one is outside its domain, or outputPadding is neither less than the stride nor
 *   than the dilation
 */
export function convTransposeSettings(
  op: string,
  kernelSize: readonly number[],
  options: AnyConvTransposeOptions,
): ConvTransposeSettings {
  checkOptions(op, options, convTransposeOptionNames);
  const rank = kernelSize.length;
  const stride = perAxis(op, "stride", options.stride ?? 1, rank, 1);
  const padding = perAxis(op, "padding", options.padding ?? 0, rank, 0);
  const outputPadding = perAxis(op, "outputPadding", options.outputPadding ?? 0, rank, 0);
  const dilation = perAxis(op, "dilation", options.dilation ?? 1, rank, 1);
  const groups = whole(op, "groups", options.groups ?? 1, 1);
  const axes = kernelSize.map((size, axis) => {
    const kernel = { size, stride: stride[axis] as number, dilation: dilation[axis] as number };
    const more = outputPadding[axis] as number;
    if (more >= kernel.stride && more >= kernel.dilation) {
      throw new ArgumentError(op, "outputPadding must be less than the stride or than the dilation", {
        outputPadding: [...outputPadding],
        stride: [...stride],
        dilation: [...dilation],
      });
    }
    return transposedAxis(kernel, padding[axis] as number, more);
  });
  return { stride, padding, outputPadding, dilation, groups, axes };
}

/**
 * The geometry of one transposed convolution: out = (in - 1) stride - 2 padding + dilation
 * (kernel - 1) + outputPadding + 1 on each axis.
 *
 * @param xShape [batch, channels, ...image]
 * @param weightShape [in channels, out channels / groups, ...kernel]
 * @throws {ShapeError} if the shapes do not fit each other, or nothing is left of the output
 */
export function convTransposeGeometry(
  op: string,
  xShape: readonly number[],
  weightShape: readonly number[],
  { axes, groups }: Pick<ConvTransposeSettings, "axes" | "groups">,
): ConvGeometry {
  const [batch, inChannels, ...inSize] = xShape as [number, number, ...number[]];
  const [weightChannels, groupOut] = weightShape as readonly [number, number, ...number[]];
  const got = { "x.shape": [...xShape], "weight.shape": [...weightShape] };
  if (weightShape.includes(0)) throw new ShapeError(op, "weight must not have an empty axis", got);
  if (weightChannels % groups !== 0) {
    const rule = `weight has ${weightChannels} input channels, which ${groups} groups do not divide`;
    throw new ShapeError(op, rule, got);
  }
  if (inChannels !== weightChannels) {
    throw new ShapeError(op, `x has ${inChannels} channels but weight expects ${weightChannels}`, got);
  }
  if (inSize.includes(0)) throw new ShapeError(op, "x must not have an empty image", got);
  const outSize = axes.map((axis, i) => outSizeOf(axis, inSize[i] as number));
  if (outSize.some((size) => size < 1)) {
    throw new ShapeError(op, `padding leaves an output of [${outSize}] pixels`, got);
  }
  const outChannels = groupOut * groups;
  return { batch, inChannels, outChannels, groups, axes, inSize, outSize, transposed: true };
}
