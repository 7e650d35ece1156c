import { type LinearKernel, plainKernel } from "../../algebra/kernel.js";
import { fromTransposed } from "../../algebra/layers/transposed.js";
import type { ConvOp } from "../../graph/op.js";
import { float64 } from "../../graph/weights.js";
import type { Conv2d } from "../../nn/layers/conv/conv2d.js";
import type { Linear } from "../../nn/layers/linear.js";
import { rowMajorData } from "../../tensor/layout.js";

/**
 * The kernel of a convolution layer: its numbers widened to float64, which is exact.
 * @param conv any settings
 * @returns weight [out, in / groups, kernel height, kernel width] and bias [out] in float64
 * @example
 * kernelOfConv2d(new Conv2d(3, 2, 3, { padding: "same" })).axes[0]; // { size: 3, before: 1, after: 1, stride: 1, dilation: 1, upsampling: 1 }
 */
export function kernelOfConv2d(conv: Conv2d): LinearKernel {
  const { inChannels, outChannels, weight, bias } = conv;
  const { axes, groups, paddingMode: border } = conv.settings;
  return kernelOfConv({
    kind: "conv",
    weight,
    bias,
    inChannels,
    outChannels,
    axes,
    groups,
    border,
    transposed: false,
  });
}

/** The kernel of a convolution of any rank, also of a transposed one. */
export function kernelOfConv(op: ConvOp): LinearKernel {
  const { inChannels, outChannels, axes, groups, border: paddingMode } = op;
  const form = { inChannels, outChannels, axes, groups, paddingMode };
  const weight = op.transposed ? fromTransposed(float64(op.weight), form) : float64(op.weight);
  return { ...form, weight, bias: op.bias && float64(op.bias) };
}

/**
 * A fully connected layer as a 1x1 convolution: W'[o, c, 0, 0] = W[o, c]. On a globally pooled image, which
 * has one pixel, they are the same map; and W mean(x) + b = mean(W x + b), so that a pointwise convolution
 * before the pooling merges with it.
 *
 * @param layer weight [out features, in features]
 * @returns weight [out features, in features, 1, 1] and bias [out features] in float64
 * @see Network in network, https://arxiv.org/abs/1312.4400, section 3.2
 * @example
 * linearKernel(new Linear(3, 2)).axes.map((axis) => axis.size); // [1, 1]
 */
export function linearKernel(layer: Linear): LinearKernel {
  return plainKernel(
    new Float64Array(rowMajorData(layer.weight)),
    [layer.outFeatures, layer.inFeatures, 1, 1],
    layer.bias === undefined ? {} : { bias: new Float64Array(rowMajorData(layer.bias)) },
  );
}
