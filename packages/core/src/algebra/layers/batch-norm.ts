import { FusionError } from "../../errors.js";
import { foldedStatistics, scaleAndShift } from "../../ops/affine.js";
import { rowMajorData } from "../../tensor/layout.js";
import type { Tensor } from "../../tensor/tensor.js";
import type { LinearKernel } from "../kernel.js";
import { mergeSequence } from "../sequence/sequence.js";
import { diagonalKernel } from "./identity.js";

/** What batch normalisation is, told apart from how many axes it has. */
export interface Normalisation {
  /** Channels. */
  readonly numFeatures: number;
  /** What is added to the variance. */
  readonly eps: number;
  /** True: the batch's own statistics, which no kernel knows. */
  readonly training: boolean;
  /** gamma, [features] */
  readonly weight: Tensor | undefined;
  /** beta, [features] */
  readonly bias: Tensor | undefined;
  /** [features] */
  readonly runningMean: Tensor;
  /** [features], of the batches' variances without eps */
  readonly runningVar: Tensor;
}

/**
 * Batch normalisation with running statistics as a 1x1 convolution a channel: factor gamma / sqrt(var + eps),
 * shift beta - mean factor.
 * @param norm a layer such as {@link BatchNorm2d}, or its numbers: vectors [features]
 * @param rank how many axes there are behind the channels: 2 for images
 * @returns weight [features, 1, ...ones] and bias [features] in float64, as many groups as features
 * @throws {FusionError} in training mode, or where var + eps is not above 0
 * @see DBB transform I, https://arxiv.org/abs/2103.13425
 * @example
 * batchNormKernel(new BatchNorm2d(3)).groups; // 3
 */
export function batchNormKernel(norm: Normalisation, rank = 2): LinearKernel {
  if (norm.training) {
    throw new FusionError(
      "batchNormKernel",
      "in training mode it normalises with the batch's own statistics",
    );
  }
  const { eps, weight, bias } = norm;
  const [mean, variance] = [rowMajorData(norm.runningMean), rowMajorData(norm.runningVar)];
  const channel = variance.findIndex((value) => !(value + eps > 0));
  if (channel >= 0) {
    const values = { channel, variance: (variance[channel] as number) + eps };
    throw new FusionError("batchNormKernel", "variance + eps must be above 0", values);
  }
  const vectors = { weight: weight && rowMajorData(weight), bias: bias && rowMajorData(bias) };
  const folded = foldedStatistics({ eps, mean, variance, ...vectors });
  const { scale, shift } = scaleAndShift(folded, norm.numFeatures);
  return diagonalKernel(scale, shift, rank);
}

/**
 * Folds batch normalisation into the convolution before it: W'[o] = W[o] factor[o], b'[o] = b[o]
 * factor[o] + shift[o].
 * @param kernel weight [out, in / groups, ...sizes]
 * @param norm of the kernel's output channels: vectors [out]
 * @returns a kernel of the same form, in float64
 * @throws {FusionError} as {@link batchNormKernel}, or if the channels do not fit
 * @see DBB transform I, https://arxiv.org/abs/2103.13425; torch.nn.utils.fusion.fuse_conv_bn_weights
 * @example
 * foldBatchNorm(kernelOfConv2d(new Conv2d(2, 3, 3)), new BatchNorm2d(3));
 */
export function foldBatchNorm(kernel: LinearKernel, norm: Normalisation): LinearKernel {
  return mergeSequence(kernel, batchNormKernel(norm, kernel.axes.length));
}

/**
 * Folds batch normalisation into the convolution after it: W'[:, c] = W[:, c] factor[c], b' = b + sum over c,
 * i, j of W[:, c] shift[c].
 * @param norm of the kernel's input channels: vectors [in]
 * @param kernel weight [out, in / groups, ...sizes]
 * @returns a kernel of the same form, in float64
 * @throws {FusionError} as {@link batchNormKernel}, or if the convolution is zero-padded and a shift is not
 *   zero
 * @see torch.nn.utils.fusion has no such function: with padding it is not exact
 * @example
 * foldBatchNormBefore(new BatchNorm2d(2), kernelOfConv2d(new Conv2d(2, 3, 3)));
 */
export function foldBatchNormBefore(norm: Normalisation, kernel: LinearKernel): LinearKernel {
  return mergeSequence(batchNormKernel(norm, kernel.axes.length), kernel);
}
