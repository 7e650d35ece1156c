import type { Linear } from "../nn/linear.js";
import { rowMajorData } from "../tensor/layout.js";
import { type LinearKernel, plainKernel } from "./kernel.js";

/**
 * A fully connected layer as a 1x1 convolution: W'[o, c, 0, 0] = W[o, c]. On a globally pooled image, which has one pixel, they are the
 * same map; and W mean(x) + b = mean(W x + b), so that a pointwise convolution before the pooling merges with it.
 * @see Network in network, https://arxiv.org/abs/1312.4400, section 3.2
 * @example
 * linearKernel(new Linear(3, 2)).kernelSize; // [1, 1]
 */
export function linearKernel(layer: Linear): LinearKernel {
  return plainKernel(
    new Float64Array(rowMajorData(layer.weight)),
    [layer.outFeatures, layer.inFeatures, 1, 1],
    layer.bias === undefined ? {} : { bias: new Float64Array(rowMajorData(layer.bias)) },
  );
}
