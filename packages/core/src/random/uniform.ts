import { type Tensor, zeros } from "../tensor/tensor.js";
import { nextFloat } from "./generator.js";

/**
 * Uniform draws in [from, to): from + u (to - from), rounded once as PyTorch's fused multiply-add does.
 * @param shape axis sizes; drawn in row-major order
 * @param from default 0; rounded to float32
 * @param to default 1; rounded to float32
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.uniform_.html
 * @example
 * manualSeed(0);
 * uniform([2], -1, 1);
 */
export function uniform(shape: readonly number[], from = 0, to = 1): Tensor {
  const out = zeros(shape);
  const start = Math.fround(from);
  const range = Math.fround(Math.fround(to) - start);
  // u has 24 bits and range has 24, so product and sum are exact in float64 and the store rounds the only time.
  for (let i = 0; i < out.data.length; i++) out.data[i] = nextFloat() * range + start;
  return out;
}
