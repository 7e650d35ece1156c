import { whole } from "../checks.js";
import { FusionError } from "../errors.js";
import { axisOf, excessOf, type KernelAxis, type LinearKernel, type PerAxis, spanOf } from "./kernel.js";

/**
 * Places a kernel's taps on a wider or finer grid; the new entries are zero, the map stays the same.
 *
 * A tap at pixel -before + i dilation of the old grid must be a tap of the new one. With equal excess (padding minus span)
 * the output has the same size at every input.
 * @see DBB transform VI, https://arxiv.org/abs/2103.13425; the offset generalises it to even and asymmetric kernels
 */
export function onGrid(kernel: LinearKernel, rows: KernelAxis, columns: KernelAxis): LinearKernel {
  if (sameGrid(kernel, 0, rows) && sameGrid(kernel, 1, columns)) return kernel;
  const { outChannels, inChannels, groups } = kernel;
  const planes = outChannels * (inChannels / groups);
  const [oldHeight, oldWidth] = kernel.kernelSize;
  const y = places(axisOf(kernel, 0), rows);
  const x = places(axisOf(kernel, 1), columns);
  const weight = new Float64Array(planes * rows.size * columns.size);
  for (let plane = 0; plane < planes; plane++) {
    for (let i = 0; i < oldHeight; i++) {
      const to = (plane * rows.size + y.first + i * y.step) * columns.size + x.first;
      const from = (plane * oldHeight + i) * oldWidth;
      for (let j = 0; j < oldWidth; j++) weight[to + j * x.step] = kernel.weight[from + j] as number;
    }
  }
  return {
    ...kernel,
    weight,
    kernelSize: [rows.size, columns.size],
    padding: [
      [rows.before, rows.after],
      [columns.before, columns.after],
    ],
    dilation: [rows.dilation, columns.dilation],
  };
}

/**
 * Embeds a kernel in a larger one of the same dilation, W'[i + row, j + column] = W[i, j], zeros around it; padding grows so that the
 * map stays the same.
 *
 * @param kernelSize [height, width] of the larger kernel
 * @param offset [row, column] of the small kernel's first tap in the large one; default: in the middle
 * @throws {FusionError} if the small kernel does not fit there
 * @see DBB transform VI, https://arxiv.org/abs/2103.13425; RepVGG, https://arxiv.org/abs/2101.03697, section 3.3
 * @example
 * embedKernel(identityKernel(2), [3, 3]).padding; // [[1, 1], [1, 1]]
 */
export function embedKernel(
  kernel: LinearKernel,
  kernelSize: PerAxis<number>,
  offset?: PerAxis<number>,
): LinearKernel {
  const larger = ([0, 1] as const).map((axis) => {
    const old = axisOf(kernel, axis);
    const size = whole("embedKernel", "kernelSize", kernelSize[axis], 1, kernelSize);
    const room = size - old.size;
    const first = whole(
      "embedKernel",
      "offset",
      offset?.[axis] ?? Math.floor(Math.max(room, 0) / 2),
      0,
      offset,
    );
    if (first > room) {
      throw new FusionError("embedKernel", "the kernel must fit into the larger one at its offset", {
        kernel: [...kernel.kernelSize],
        kernelSize: [...kernelSize],
        offset: offset && [...offset],
      });
    }
    const step = old.size === 1 ? 1 : old.dilation;
    return {
      ...old,
      size,
      dilation: step,
      before: old.before + first * step,
      after: old.after + (room - first) * step,
    };
  }) as unknown as PerAxis<KernelAxis>;
  return onGrid(kernel, larger[0], larger[1]);
}

/** The coarsest grid that holds the taps of all the given axes, whose stride and excess are equal. */
export function commonGrid(axes: readonly KernelAxis[]): KernelAxis {
  const first = axes[0] as KernelAxis;
  const before = Math.max(...axes.map((axis) => axis.before));
  const reach = Math.max(...axes.map((axis) => spanOf(axis) - axis.before));
  let step = 0;
  for (const axis of axes) {
    if (axis.size > 1) step = gcd(step, axis.dilation);
    step = gcd(step, before - axis.before);
  }
  const span = before + reach;
  const dilation = step || 1;
  return {
    size: (span - 1) / dilation + 1,
    dilation,
    before,
    after: excessOf(first) + span - before,
    stride: first.stride,
  };
}

/** The greatest common divisor; gcd(0, n) = n. */
export function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

function sameGrid(kernel: LinearKernel, axis: 0 | 1, grid: KernelAxis): boolean {
  const old = axisOf(kernel, axis);
  return old.size === grid.size && old.dilation === grid.dilation && old.before === grid.before;
}

function places(old: KernelAxis, grid: KernelAxis): { readonly first: number; readonly step: number } {
  const step = old.size === 1 ? 1 : old.dilation / grid.dilation;
  return { first: (grid.before - old.before) / grid.dilation, step };
}
