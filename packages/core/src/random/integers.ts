import { ArgumentError } from "../errors.js";
import { allocate, type Tensor } from "../tensor/tensor.js";
import { nextUint32 } from "./generator.js";

/** Above this, float32 does not hold every whole number. */
const largestWhole = 2 ** 24;

/**
 * Whole numbers, uniform in [low, high), as float32.
 * @param low the least value
 * @param high one above the largest value; both within +-2^24
 * @param shape axis sizes; drawn in row-major order
 * @returns float32, row-major, of that shape
 * @throws {ArgumentError} if low or high is no whole number, out of range, or high is not above low
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.randint.html
 * @example
 * manualSeed(0);
 * randint(0, 10, [4]); // [4, 9, 3, 0]
 */
export function randint(low: number, high: number, shape: readonly number[]): Tensor {
  const fits = [low, high].every((n) => Number.isSafeInteger(n) && Math.abs(n) <= largestWhole);
  if (!fits || low >= high) {
    throw new ArgumentError("randint", "low and high must be whole numbers within +-2^24, low below high", {
      low,
      high,
    });
  }
  const out = allocate("randint", shape);
  const range = high - low;
  for (let i = 0; i < out.data.length; i++) out.data[i] = low + (nextUint32() % range);
  return out;
}

/**
 * The whole numbers from 0 to n - 1 in random order, as float32.
 * @param n how many, at most 2^24
 * @returns [n], float32
 * @throws {ArgumentError} if n is no whole number from 0 to 2^24
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.randperm.html
 * @example
 * manualSeed(0);
 * randperm(4); // [0, 1, 3, 2]
 */
export function randperm(n: number): Tensor {
  if (!Number.isSafeInteger(n) || n < 0 || n > largestWhole) {
    throw new ArgumentError("randperm", "n must be a whole number from 0 to 2^24", { n });
  }
  const out = allocate("randperm", [n]);
  const { data } = out;
  for (let i = 0; i < n; i++) data[i] = i;
  for (let i = 0; i < n - 1; i++) {
    const other = i + (nextUint32() % (n - i));
    const value = data[i] as number;
    data[i] = data[other] as number;
    data[other] = value;
  }
  return out;
}
