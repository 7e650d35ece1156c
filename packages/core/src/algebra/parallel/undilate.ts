import { spanOf } from "../../ops/conv/conv-axis.js";
import type { LinearKernel } from "../kernel.js";
import { onGrid } from "./grid.js";

/**
 * A dilated kernel as a dense one: W'[d i, d j] = W[i, j], zeros in the holes, size d (k - 1) + 1, the same
 * map.
 * @param kernel weight [out, in / groups, ...sizes]
 * @returns weight [out, in / groups, ...spans], float64, with dilation 1 on each axis
 * @see UniRepLKNet, https://arxiv.org/abs/2311.15599, section 3.1
 * @example
 * denseKernel(kernelOfConv2d(new Conv2d(1, 1, 3, { dilation: 2 }))).axes[0]?.size; // 5
 */
export function denseKernel(kernel: LinearKernel): LinearKernel {
  return onGrid(
    kernel,
    kernel.axes.map((axis) => ({ ...axis, size: spanOf(axis), dilation: 1 })),
  );
}
