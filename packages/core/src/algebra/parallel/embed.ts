import { whole } from "../../checks.js";
import { FusionError } from "../../errors.js";
import { type LinearKernel, type PerAxis, sizesOf } from "../kernel.js";
import { onGrid } from "./grid.js";

/**
 * Embeds a kernel in a larger one of the same dilation, W'[i + row, j + column] = W[i, j], zeros around it;
 * padding grows so that the map stays the same.
 *
 * @param kernel the small one: weight [out, in / groups, ...sizes]
 * @param kernelSize [height, width] of the larger kernel, or one size an axis of whatever axes the kernel has
 * @param offset [row, column] of the small kernel's first tap in the large one; default: in the middle
 * @returns weight [out, in / groups, ...kernelSize], float64
 * @throws {FusionError} if the small kernel does not fit there
 * @throws {ArgumentError} if a size or an offset is no whole number
 * @see DBB transform VI, https://arxiv.org/abs/2103.13425; RepVGG, https://arxiv.org/abs/2101.03697, section
 *   3.3
 * @example
 * embedKernel(identityKernel(2), [3, 3]).axes[0]; // { size: 3, before: 1, after: 1, stride: 1, dilation: 1, upsampling: 1 }
 */
export function embedKernel(
  kernel: LinearKernel,
  kernelSize: PerAxis<number>,
  offset?: PerAxis<number>,
): LinearKernel {
  if (kernelSize.length !== kernel.axes.length) {
    throw new FusionError("embedKernel", "kernelSize must hold one size an axis of the kernel", {
      kernel: sizesOf(kernel),
      kernelSize: [...kernelSize],
    });
  }
  const larger = kernel.axes.map((old, axis) => {
    const size = whole("embedKernel", "kernelSize", kernelSize[axis], 1, kernelSize);
    const room = size - old.size;
    const middle = Math.floor(Math.max(room, 0) / 2);
    const first = whole("embedKernel", "offset", offset?.[axis] ?? middle, 0, offset);
    if (first > room) {
      throw new FusionError("embedKernel", "the kernel must fit into the larger one at its offset", {
        kernel: sizesOf(kernel),
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
  });
  return onGrid(kernel, larger);
}
