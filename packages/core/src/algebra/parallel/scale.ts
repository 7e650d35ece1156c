import { ShapeError } from "../../errors.js";
import type { LinearKernel } from "../kernel.js";

/**
 * A convolution's output multiplied by a number, or each channel by its own: W'[o] = s[o] W[o], b'[o] = s[o]
 * b[o]. -1 negates.
 * @param kernel weight [out, in / groups, ...sizes]
 * @param scale one number, or [out]
 * @returns a kernel of the same form, in float64
 * @throws {ShapeError} if there is not one factor an output channel
 * @see layer scale, https://arxiv.org/abs/2103.17239
 * @example
 * scaleKernel(identityKernel(2), -1).weight; // Float64Array [-1, -1]
 */
export function scaleKernel(kernel: LinearKernel, scale: number | ArrayLike<number>): LinearKernel {
  const { outChannels } = kernel;
  if (typeof scale !== "number" && scale.length !== outChannels) {
    throw new ShapeError("scaleKernel", `scale must hold one factor for each of ${outChannels} channels`, {
      scale: `${scale.length} values`,
    });
  }
  const factor = (o: number): number => (typeof scale === "number" ? scale : (scale[o] as number));
  const row = kernel.weight.length / outChannels;
  return {
    ...kernel,
    weight: kernel.weight.map((value, i) => value * factor(Math.floor(i / row))),
    bias: kernel.bias?.map((value, o) => value * factor(o)),
  };
}
