import { FusionError } from "../../errors.js";
import type { PaddingMode } from "../../ops/conv/conv-geometry.js";
import { type LinearKernel, type PerAxis, plainKernel } from "../kernel.js";

/**
 * Padding of one channel as a convolution: a single tap of 1 in a padded input.
 * @param padding [[top, bottom], [left, right]], in pixels; one pair an axis of whatever axes there are
 * @param paddingMode what the added pixels hold: zeros, or x mirrored, repeated or continued from the other
 *   side
 * @param value what padding of mode "zeros" holds
 * @returns one input and one output channel: weight [1, 1, 1, ...], float64
 * @throws {FusionError} if that is another constant than 0, or pixels are taken away instead of added
 * @see torch.nn.ZeroPad2d, https://docs.pytorch.org/docs/2.13/generated/torch.nn.ZeroPad2d.html
 * @example
 * paddingKernel([[1, 1], [2, 2]], "zeros").axes.map(({ before }) => before); // [1, 2]
 */
export function paddingKernel(
  padding: PerAxis<readonly [before: number, after: number]>,
  paddingMode: PaddingMode,
  value = 0,
): LinearKernel {
  const quoted = padding.map((side) => [...side]);
  if (value !== 0) throw new FusionError("paddingKernel", "padding with a constant other than 0", { value });
  if (padding.flat().some((pixels) => pixels < 0)) {
    throw new FusionError("paddingKernel", "padding with a negative amount", { padding: quoted });
  }
  return plainKernel(Float64Array.of(1), [1, 1, ...padding.map(() => 1)], { padding, paddingMode });
}
