import { ArgumentError } from "../errors.js";
import { allocate, type Tensor } from "../tensor/tensor.js";
import { boxMuller16 } from "./box-muller.js";
import { nextFloat, nextNormal } from "./generator.js";

/**
 * Normal draws: mean + std n, with n of the standard normal distribution; the same bits as PyTorch's on a CPU
 * with AVX2 or AVX-512. (Its plain build gives other bits from 16 values on. Below 16 values PyTorch uses the
 * C library's sine, cosine and log1p in float64, whose last bits differ between systems; the float32 result
 * differs about once in 10^8.)
 *
 * @param shape axis sizes; drawn in row-major order
 * @param mean default 0; rounded to float32 from 16 values on
 * @param std standard deviation, 0 or more, default 1; rounded to float32 from 16 values on
 * @returns float32, row-major, of that shape
 * @throws {ArgumentError} if a size is no whole number of at least 0, mean is no number, or std is negative
 *   or no number
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.Tensor.normal_.html
 * @example
 * manualSeed(0);
 * normal([2, 3], 0, 0.02);
 */
export function normal(shape: readonly number[], mean = 0, std = 1): Tensor {
  return drawNormal("normal", shape, mean, std);
}

/**
 * Draws of the standard normal distribution: {@link normal} with mean 0 and standard deviation 1.
 * @param shape axis sizes; drawn in row-major order
 * @returns float32, row-major, of that shape
 * @throws {ArgumentError} if a size is no whole number of at least 0
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.randn.html
 * @example
 * manualSeed(0);
 * randn([1, 2, 9, 9]); // torch.manual_seed(0); torch.randn(1, 2, 9, 9)
 */
export function randn(shape: readonly number[]): Tensor {
  return drawNormal("randn", shape, 0, 1);
}

function drawNormal(op: string, shape: readonly number[], mean: number, std: number): Tensor {
  if (typeof mean !== "number" || typeof std !== "number" || Number.isNaN(mean) || !(std >= 0)) {
    throw new ArgumentError(op, "mean must be a number, and std a number of at least 0", { mean, std });
  }
  const out = allocate(op, shape);
  const { data } = out;
  if (data.length < 16) {
    for (let i = 0; i < data.length; i++) data[i] = nextNormal() * std + mean;
    return out;
  }
  for (let i = 0; i < data.length; i++) data[i] = nextFloat();
  const [centre, spread] = [Math.fround(mean), Math.fround(std)];
  const blocks = Math.floor(data.length / 16);
  for (let i = 0; i < blocks; i++) boxMuller16(data, 16 * i, centre, spread);
  if (data.length % 16 !== 0) {
    // PyTorch draws the last 16 values again, those of the last whole block among them.
    const start = data.length - 16;
    for (let i = start; i < data.length; i++) data[i] = nextFloat();
    boxMuller16(data, start, centre, spread);
  }
  return out;
}
