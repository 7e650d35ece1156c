import { ArgumentError } from "../errors.js";
import { allocate, type Tensor } from "../tensor/tensor.js";
import { fma } from "./fma.js";
import { nextFloat } from "./generator.js";

/**
 * Uniform draws in [from, to): from + u (to - from), rounded once as PyTorch's fused multiply-add does.
 * @param shape axis sizes; drawn in row-major order
 * @param from default 0; rounded to float32
 * @param to default 1, at least `from`; rounded to float32
 * @returns float32, row-major, of that shape
 * @throws {ArgumentError} if a size is no whole number of at least 0, a limit is not finite, or `to` is below
 *   `from`
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.uniform_.html
 * @example
 * manualSeed(0);
 * uniform([2], -1, 1);
 */
export function uniform(shape: readonly number[], from = 0, to = 1): Tensor {
  return drawUniform("uniform", shape, from, to);
}

/**
 * Uniform draws in [0, 1): {@link uniform} with its defaults.
 * @param shape axis sizes; drawn in row-major order
 * @returns float32, row-major, of that shape
 * @throws {ArgumentError} if a size is no whole number of at least 0
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.rand.html
 * @example
 * manualSeed(0);
 * rand([2]); // [0.49625658988952637, 0.7682217955589294]
 */
export function rand(shape: readonly number[]): Tensor {
  return drawUniform("rand", shape, 0, 1);
}

function drawUniform(op: string, shape: readonly number[], from: number, to: number): Tensor {
  const start = Math.fround(from);
  const end = Math.fround(to);
  const range = Math.fround(end - start);
  if (!Number.isFinite(start) || !Number.isFinite(range) || range < 0) {
    throw new ArgumentError(op, "from and to must be finite in float32, and to not below from", {
      from,
      to,
    });
  }
  const out = allocate(op, shape);
  for (let i = 0; i < out.data.length; i++) {
    const value = fma(nextFloat(), range, start);
    // A draw that rounds up to the excluded end becomes the beginning, as in PyTorch.
    out.data[i] = value === end ? start : value;
  }
  return out;
}
