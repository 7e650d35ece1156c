import { onGrid } from "./embed.js";
import { axisOf, type LinearKernel, spanOf } from "./kernel.js";

/**
 * A dilated kernel as a dense one: W'[d i, d j] = W[i, j], zeros in the holes, size d (k - 1) + 1, the same map.
 * @see UniRepLKNet, https://arxiv.org/abs/2311.15599, section 3.1
 * @example
 * denseKernel(kernelOfConv2d(new Conv2d(1, 1, 3, { dilation: 2 }))).kernelSize; // [5, 5]
 */
export function denseKernel(kernel: LinearKernel): LinearKernel {
  const rows = axisOf(kernel, 0);
  const columns = axisOf(kernel, 1);
  return onGrid(
    kernel,
    { ...rows, size: spanOf(rows), dilation: 1 },
    { ...columns, size: spanOf(columns), dilation: 1 },
  );
}
