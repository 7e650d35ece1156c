const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
// Which half of a float64 holds its low bits.
const low = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 0 : 1;
const high = 1 - low;

/**
 * The float32 fused multiply-add: a b + c rounded once, for float32 arguments, as the processor's instruction
 * gives it.
 *
 * The product of two float32 is exact in float64. The sum may not be: where it is not, it is rounded to odd
 * first, which the second rounding, to float32, cannot tell from the exact sum.
 * @see S. Boldo, G. Melquiond, "Emulation of a FMA and correctly rounded sums: proved algorithms using
 *   rounding to odd"
 */
export function fma(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  const part = sum - product;
  const error = product - (sum - part) + (c - part);
  if (error === 0 || !Number.isFinite(error)) return Math.fround(sum);
  double[0] = sum;
  const lowWord = words[low] as number;
  if (lowWord % 2 === 0) {
    if (error > 0 === sum > 0) words[low] = lowWord + 1;
    else {
      words[low] = lowWord - 1;
      if (lowWord === 0) words[high] = (words[high] as number) - 1;
    }
  }
  return Math.fround(double[0] as number);
}
