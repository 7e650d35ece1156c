import type { Linear } from "../nn/linear.js";
import { rowMajorData } from "../tensor/layout.js";
import { type LinearKernel, plainKernel } from "./kernel.js";

/**
 * A fully connected layer as a 1x1 convolution: on a globally pooled image, which has one pixel, they are the same map.
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
