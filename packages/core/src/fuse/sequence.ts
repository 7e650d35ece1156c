import { FusionError } from "../errors.js";
import type { PaddingMode } from "../ops/conv-geometry.js";
import { commonMode } from "./common.js";
import { composeWeights } from "./compose.js";
import { gcd } from "./embed.js";
import { axisOf, type KernelAxis, type LinearKernel, spanOf } from "./kernel.js";

/**
 * Two convolutions, one after the other, as one: taps W(i sA + j) = sum over i + j of W_B(i) W_A(j), b = b_B + W_B b_A.
 *
 * The second one's padding decides whether that is exact, since it pads what the first one gives:
 * - no padding: always;
 * - zeros: where the first one, run past its border on zeros, gives zero: no bias, and no tap that reaches back into the image;
 * - another mode: where padding and the first one commute: one tap and stride 1 on that axis.
 *
 * @throws {FusionError} if the channels do not fit, or the border would differ
 * @see DBB transform III, https://arxiv.org/abs/2103.13425, which keeps to 1x1 followed by kxk; the border: QARepVGG and ECBSR pad with the bias instead
 * @example
 * mergeSequence(kernelOfConv2d(new Conv2d(2, 4, 3)), kernelOfConv2d(new Conv2d(4, 2, 3))).kernelSize; // [5, 5]
 */
export function mergeSequence(first: LinearKernel, second: LinearKernel): LinearKernel {
  const { rows, columns, groups, paddingMode } = mergedForm(first, second);
  return {
    weight: composeWeights(first, second, groups, [rows, columns]),
    bias: composedBias(first, second),
    inChannels: first.inChannels,
    outChannels: second.outChannels,
    kernelSize: [rows.size, columns.size],
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

/**
 * How many weights the two would have as one.
 * @throws {FusionError} as {@link mergeSequence}, before anything is multiplied
 */
export function mergedWeights(first: LinearKernel, second: LinearKernel): number {
  const { groups, rows, columns } = mergedForm(first, second);
  return second.outChannels * (first.inChannels / groups) * rows.size * columns.size;
}

function mergedForm(first: LinearKernel, second: LinearKernel): MergedForm {
  if (first.outChannels !== second.inChannels) {
    throw new FusionError("mergeSequence", "the second convolution reads another number of channels", {
      first: first.outChannels,
      second: second.inChannels,
    });
  }
  return {
    paddingMode: commonMode("mergeSequence", [first, second]),
    rows: mergedAxis(first, second, 0),
    columns: mergedAxis(first, second, 1),
    groups: gcd(first.groups, second.groups),
  };
}

interface MergedForm {
  readonly rows: KernelAxis;
  readonly columns: KernelAxis;
  readonly groups: number;
  readonly paddingMode: PaddingMode;
}

function mergedAxis(first: LinearKernel, second: LinearKernel, axis: 0 | 1): KernelAxis {
  const a = axisOf(first, axis);
  const b = axisOf(second, axis);
  if (b.before > 0 || b.after > 0) {
    if (second.paddingMode === "zeros") refuseZeroPadding(first, a, b);
    else refuseCopiedPadding(first, second, a);
  }
  const stepA = a.size > 1 ? a.dilation : 0;
  const stepB = b.size > 1 ? b.dilation * a.stride : 0;
  const dilation = gcd(stepA, stepB) || 1;
  return {
    size: (spanOf(a) - 1 + a.stride * (spanOf(b) - 1)) / dilation + 1,
    dilation,
    before: a.before + a.stride * b.before,
    after: a.after + a.stride * b.after,
    stride: a.stride * b.stride,
  };
}

/** The remedy that published blocks use. It gives other outputs at the border, so it is a network's author who chooses it. */
const paddedBefore = "Padded before both (a Pad2d), as DBB, ECBSR and FMEN are, the two are one";

/** Past its border, the first convolution must give zero, as the padding of the second does. */
function refuseZeroPadding(first: LinearKernel, a: KernelAxis, b: KernelAxis): void {
  const at = first.bias?.findIndex((value) => value !== 0) ?? -1;
  if (at >= 0) {
    throw new FusionError(
      "mergeSequence",
      `a bias before zero padding: the border sees zeros, not the bias. ${paddedBefore}, and the border is the bias`,
      {
        channel: at,
        bias: first.bias?.[at],
      },
    );
  }
  // Output -1 reads up to pixel -stride - before + span - 1; the output after the last reads from pixel size + after - span + 1 on.
  const above = b.before === 0 || a.before >= spanOf(a) - a.stride;
  const below = b.after === 0 || a.after >= spanOf(a) - 1;
  if (above && below) return;
  throw new FusionError(
    "mergeSequence",
    `zero padding between the convolutions: past its border the first one would still read the image. ${paddedBefore}`,
    { first: [...first.kernelSize], second: `padded by [${b.before},${b.after}]` },
  );
}

/** Padding that copies pixels commutes with a convolution of one tap, if that copies nothing itself or replicates too. */
function refuseCopiedPadding(first: LinearKernel, second: LinearKernel, a: KernelAxis): void {
  const mode = second.paddingMode;
  const unpadded = a.before === 0 && a.after === 0;
  if (a.size === 1 && a.stride === 1 && (unpadded || mode === "replicate")) return;
  throw new FusionError(
    "mergeSequence",
    `${mode} padding between the convolutions: it copies outputs, not inputs`,
    {
      first: [...first.kernelSize],
      stride: [...first.stride],
      padding: first.padding.map((side) => [...side]),
    },
  );
}

function composedBias(first: LinearKernel, second: LinearKernel): Float64Array | undefined {
  const { bias } = first;
  if (bias === undefined) return second.bias;
  const groupIn = second.inChannels / second.groups;
  const taps = second.kernelSize[0] * second.kernelSize[1];
  const out = new Float64Array(second.outChannels);
  for (let o = 0; o < out.length; o++) {
    const start = Math.floor((o * second.groups) / second.outChannels) * groupIn;
    let sum = second.bias?.[o] ?? 0;
    for (let m = 0; m < groupIn; m++) {
      let weights = 0;
      for (let t = 0; t < taps; t++) weights += second.weight[(o * groupIn + m) * taps + t] as number;
      sum += weights * (bias[start + m] as number);
    }
    out[o] = sum;
  }
  return out;
}
