import type { LinearKernel } from "../../src/algebra/kernel.js";
import type { Module } from "../../src/index.js";
import { evaluate } from "../../src/proof/evaluation/evaluate.js";
import type { Wide } from "../../src/proof/evaluation/wide.js";

/**
 * How far a kernel is from what a tree does, found by folding nothing: the tree is run in float64 on zeros, which gives its bias, and on
 * a single 1 in every place of the input, which gives every column of the linear map that it is. The kernel's own columns are written
 * down from the definition of a convolution.
 * @returns the largest difference, relative to the largest response
 */
export function impulseError(
  tree: Module,
  kernel: LinearKernel,
  shape: readonly [number, number, number],
): number {
  const [channels, height, width] = shape;
  const zero = wide(channels, height, width);
  const base = evaluate(tree, zero);
  let largest = 1e-300;
  let worst = 0;
  const compare = (got: number, want: number): void => {
    largest = Math.max(largest, Math.abs(want));
    const difference = Math.abs(got - want);
    worst = Number.isNaN(difference) ? Number.NaN : Math.max(worst, difference);
  };
  const [, outChannels, outHeight, outWidth] = base.shape as [number, number, number, number];
  const area = outHeight * outWidth;
  base.values.forEach((value, i) => {
    compare(kernel.bias?.[Math.floor(i / area)] ?? 0, value);
  });
  const rows = reads(kernel, 0, outHeight, height);
  const columns = reads(kernel, 1, outWidth, width);
  const groupIn = kernel.inChannels / kernel.groups;
  const [kernelHeight, kernelWidth] = kernel.axes.map((axis) => axis.size) as [number, number];
  for (let at = 0; at < zero.values.length; at++) {
    zero.values[at] = 1;
    const response = evaluate(tree, zero).values;
    zero.values[at] = 0;
    const channel = Math.floor(at / (height * width));
    const row = Math.floor(at / width) % height;
    const column = at % width;
    for (let o = 0; o < outChannels; o++) {
      const inGroup = channel - Math.floor((o * kernel.groups) / outChannels) * groupIn;
      for (let y = 0; y < outHeight; y++) {
        for (let x = 0; x < outWidth; x++) {
          let value = 0;
          if (inGroup >= 0 && inGroup < groupIn) {
            for (let i = 0; i < kernelHeight; i++) {
              if (rows[y]?.[i] !== row) continue;
              for (let j = 0; j < kernelWidth; j++) {
                if (columns[x]?.[j] !== column) continue;
                value += kernel.weight[
                  ((o * groupIn + inGroup) * kernelHeight + i) * kernelWidth + j
                ] as number;
              }
            }
          }
          const index = o * area + y * outWidth + x;
          compare(value, (response[index] as number) - (base.values[index] as number));
        }
      }
    }
  }
  return worst / largest;
}

function wide(channels: number, height: number, width: number): Wide {
  const size = channels * height * width;
  return {
    shape: [1, channels, height, width],
    values: new Float64Array(size),
    errors: new Float64Array(size),
  };
}

function reads(kernel: LinearKernel, axis: 0 | 1, outputs: number, size: number): number[][] {
  const { size: taps, stride, dilation, before } = kernel.axes[axis] as LinearKernel["axes"][number];
  const source = (index: number): number => {
    if (index >= 0 && index < size) return index;
    if (kernel.paddingMode === "replicate") return index < 0 ? 0 : size - 1;
    if (kernel.paddingMode === "circular") return (index + size) % size;
    if (kernel.paddingMode === "reflect") return index < 0 ? -index : 2 * (size - 1) - index;
    return -1;
  };
  return Array.from({ length: outputs }, (_, y) =>
    Array.from({ length: taps }, (_, i) => source(y * stride - before + i * dilation)),
  );
}
