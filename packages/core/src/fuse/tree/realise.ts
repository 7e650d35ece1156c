import { type LinearForm, type LinearKernel, paddingOf, sizesOf } from "../../algebra/kernel.js";
import { toTransposed } from "../../algebra/layers/transposed.js";
import { FusionError } from "../../errors.js";
import { ConvTranspose1d } from "../../nn/layers/conv/conv-transpose1d.js";
import { ConvTranspose2d } from "../../nn/layers/conv/conv-transpose2d.js";
import { ConvTranspose3d } from "../../nn/layers/conv/conv-transpose3d.js";
import { Conv1d } from "../../nn/layers/conv/conv1d.js";
import { Conv2d } from "../../nn/layers/conv/conv2d.js";
import { Conv3d } from "../../nn/layers/conv/conv3d.js";
import { Linear } from "../../nn/layers/linear.js";
import { BatchNorm1d } from "../../nn/layers/norm/batch-norm1d.js";
import { BatchNorm2d } from "../../nn/layers/norm/batch-norm2d.js";
import { BatchNorm3d } from "../../nn/layers/norm/batch-norm3d.js";
import { Scale } from "../../nn/layers/scale.js";
import type { Module } from "../../nn/module.js";
import type { Tensor } from "../../tensor/tensor.js";
import type { FusedConvolution, FusedTerm } from "../graph/fuse-graph.js";
import { BatchedConv1d, BatchedConvTranspose1d, FeaturesLinear, FeaturesNorm } from "./exact-axes.js";
import { type NormLayer, normOfKernel } from "./norm-of-kernel.js";
import { roundedTensor } from "./rounded-tensor.js";

/**
 * The convolution layer of a kernel: every number rounded to float32, the only rounding of a whole fusion.
 * @param kernel on two axes, without upsampling: weight [out, in / groups, height, width]
 * @returns a layer with a float32 weight [out, in / groups, height, width], and a bias [out] where the kernel
 *   has one
 * @throws {FusionError} if a number is not finite in float32, or the kernel has other axes than a Conv2d can
 *   have
 * @example
 * const x = randn([1, 2, 5, 5]);
 * allclose(conv2dOfKernel(identityKernel(2)).forward(x), x); // true
 */
export function conv2dOfKernel(kernel: LinearKernel): Conv2d {
  const { inChannels, outChannels, groups, paddingMode } = kernel;
  const [rows, columns] = kernel.axes;
  if (rows === undefined || columns === undefined || kernel.axes.length !== 2) {
    throw new FusionError("conv2dOfKernel", "the kernel must have two axes", { sizes: sizesOf(kernel) });
  }
  if ([rows, columns].some(({ upsampling, before, after }) => upsampling > 1 || before < 0 || after < 0)) {
    throw new FusionError("conv2dOfKernel", "a Conv2d neither upsamples nor crops", {
      upsampling: [rows.upsampling, columns.upsampling],
      padding: paddingOf(kernel),
    });
  }
  const kernelSize = [rows.size, columns.size] as const;
  const weightShape = [outChannels, inChannels / groups, ...kernelSize];
  const isSymmetric = rows.before === rows.after && columns.before === columns.after;
  return new Conv2d(inChannels, outChannels, kernelSize, {
    stride: plain([rows.stride, columns.stride]),
    padding: isSymmetric
      ? plain([rows.before, columns.before])
      : [
          [rows.before, rows.after],
          [columns.before, columns.after],
        ],
    dilation: plain([rows.dilation, columns.dilation]),
    groups,
    paddingMode,
    weight: roundedTensor("weight", kernel.weight, weightShape),
    bias: kernel.bias === undefined ? false : roundedTensor("bias", kernel.bias, [outChannels]),
  });
}

/**
 * The layer that a fused graph asks for: a factor, or a convolution of any rank, transposed where it
 * upsamples.
 * @throws {FusionError} if a number is not finite in float32
 */
export function layerOf({ convolution, factor = 1 }: FusedTerm): Module {
  if (convolution === undefined)
    return new Scale(roundedTensor("factor", Float64Array.of(factor), [1]).data[0] as number);
  const kernel = convolution.kernel();
  const { axes, bias, outChannels } = kernel;
  const mixed = convolution.channelsBy === "several";
  if (axes.length === 0) {
    const isScaling = convolution.scalesBy !== undefined && isFactors(kernel);
    if (kernel.groups === 1 && !isScaling) return linearOfKernel(kernel, mixed ? FeaturesLinear : Linear);
    if (bias !== undefined || mixed) return normOfKernel(kernel, mixed ? FeaturesNorm : BatchNorm1d);
    return new Scale(roundedTensor("scale", kernel.weight, [outChannels]));
  }
  const Norm = normOf(convolution);
  if (Norm !== undefined && isFactors(kernel)) return normOfKernel(kernel, Norm);
  if (isScale(convolution) && isFactors(kernel))
    return new Scale(roundedTensor("scale", kernel.weight, [outChannels]));
  if (axes.length === 2 && !isTransposed(kernel)) return conv2dOfKernel(kernel);
  const ownBias = bias === undefined ? (false as const) : roundedTensor("bias", bias, [outChannels]);
  if (isTransposed(kernel)) return transposedOf(kernel, ownBias, mixed);
  return plainOf(kernel, ownBias, mixed);
}

/** Norms alone, with factors, are one norm: which one. One of signals reads features too, as they did. */
function normOf({ scalesBy, channelsBy, form: { axes } }: FusedConvolution): NormLayer | undefined {
  if (scalesBy !== "norms") return undefined;
  return axes.length > 1 || channelsBy === "norm" ? norms[axes.length - 1] : undefined;
}

const norms: readonly NormLayer[] = [BatchNorm1d, BatchNorm2d, BatchNorm3d];

/** Factors alone are factors, of images and of features as they were. */
function isScale({ scalesBy, form: { axes } }: FusedConvolution): boolean {
  return scalesBy === "factors" && axes.length === 2;
}

/** Why no layer is a convolution of this form; undefined: there is one. */
export function refuseForm(form: LinearForm): string | undefined {
  const { axes, groups } = form;
  if (axes.length === 0 && groups > 1) return isFactors(form) ? undefined : "no linear layer has groups";
  if (axes.length > 3) return `no layer convolves images of ${axes.length} axes`;
  if (!isTransposed(form)) return undefined;
  const fits = axes.every(({ size, stride, dilation, upsampling, before, after }) => {
    const cropped = dilation * (size - 1) - before;
    const added = after - before;
    return stride === 1 && cropped >= 0 && added >= 0 && added < Math.max(upsampling, dilation);
  });
  return fits ? undefined : "no transposed convolution pads its input, or begins inside it";
}

/** One factor a channel. */
function isFactors({ inChannels, outChannels, groups }: LinearForm): boolean {
  return inChannels === groups && outChannels === groups;
}

function isTransposed({ axes }: LinearForm): boolean {
  return axes.some(({ upsampling }) => upsampling > 1);
}

function plainOf(kernel: LinearKernel, bias: Tensor | false, batched: boolean): Module {
  const { inChannels, outChannels, groups, paddingMode, axes } = kernel;
  const size = axes.map((axis) => axis.size);
  const options = {
    stride: axes.map((axis) => axis.stride),
    padding: axes.every(({ before, after }) => before === after)
      ? axes.map(({ before }) => before)
      : axes.map(({ before, after }) => [before, after] as const),
    dilation: axes.map((axis) => axis.dilation),
    groups,
    paddingMode,
    weight: roundedTensor("weight", kernel.weight, [outChannels, inChannels / groups, ...size]),
    bias,
  };
  const Layer = axes.length === 3 ? Conv3d : batched ? BatchedConv1d : Conv1d;
  return new Layer(inChannels, outChannels, size as never, options as never);
}

function transposedOf(kernel: LinearKernel, bias: Tensor | false, batched: boolean): Module {
  const { inChannels, outChannels, groups, axes } = kernel;
  const size = axes.map((axis) => axis.size);
  const options = {
    stride: axes.map((axis) => axis.upsampling),
    padding: axes.map((axis) => axis.dilation * (axis.size - 1) - axis.before),
    outputPadding: axes.map(({ before, after }) => after - before),
    dilation: axes.map((axis) => axis.dilation),
    groups,
    weight: roundedTensor("weight", toTransposed(kernel), [inChannels, outChannels / groups, ...size]),
    bias,
  };
  const Layer = [batched ? BatchedConvTranspose1d : ConvTranspose1d, ConvTranspose2d, ConvTranspose3d][
    axes.length - 1
  ] as typeof ConvTranspose2d;
  return new Layer(inChannels, outChannels, size as never, options as never);
}

/**
 * The linear layer of a 1x1 kernel, rounded to float32.
 * @throws {FusionError} if a number is not finite in float32
 */
export function linearOfKernel(
  { weight, bias, inChannels, outChannels }: LinearKernel,
  Layer: typeof Linear = Linear,
): Linear {
  return new Layer(inChannels, outChannels, {
    weight: roundedTensor("weight", weight, [outChannels, inChannels]),
    bias: bias === undefined ? false : roundedTensor("bias", bias, [outChannels]),
  });
}

function plain([height, width]: readonly [number, number]): number | readonly [number, number] {
  return height === width ? height : [height, width];
}
