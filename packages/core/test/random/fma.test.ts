import fc from "fast-check";
import { expect, test } from "vitest";
import { fma } from "../../src/random/fma.js";

/** A float32 as a fraction of whole numbers with a power of two below. */
function exact(value: number): { readonly whole: bigint; readonly shift: number } {
  const bits = new DataView(new ArrayBuffer(4));
  bits.setFloat32(0, value);
  const word = bits.getUint32(0);
  const power = (word >>> 23) & 0xff;
  const mantissa = BigInt((word & 0x7fffff) + (power === 0 ? 0 : 0x800000));
  return { whole: word >>> 31 ? -mantissa : mantissa, shift: 149 - (power === 0 ? 0 : power - 1) };
}

/** Whether no float32 lies nearer to a b + c than `result`, and of two equally near ones it is the even one. */
function isNearest(a: number, b: number, c: number, result: number): boolean {
  const [x, y, z, r] = [a, b, c, result].map(exact) as ReturnType<typeof exact>[];
  if (!x || !y || !z || !r) return false;
  // Everything over 2^298.
  const over = (value: typeof x): bigint => value.whole << BigInt(298 - value.shift);
  const target = ((x.whole * y.whole) << BigInt(298 - x.shift - y.shift)) + over(z);
  const distance = (value: bigint): bigint => (value < target ? target - value : value - target);
  const own = distance(over(r));
  return [-1, 1].every((step) => {
    const word = new DataView(new ArrayBuffer(4));
    word.setFloat32(0, result);
    const ordinal = word.getInt32(0) < 0 ? -(word.getInt32(0) & 0x7fffffff) : word.getInt32(0);
    const next = ordinal + step;
    word.setInt32(0, next < 0 ? -next | 0x80000000 | 0 : next);
    const other = distance(over(exact(word.getFloat32(0))));
    return own < other || (own === other && r.whole % 2n === 0n);
  });
}

test("fma rounds the exact a b + c once", () => {
  const moderate = fc.float({ min: -1e6, max: 1e6, noNaN: true });
  const tiny = fc.float({ min: Math.fround(-1e-20), max: Math.fround(1e-20), noNaN: true });
  const any = fc.oneof(moderate, tiny, fc.constantFrom(1, 1 + 2 ** -23, 2 ** -24, -(2 ** -60), 2 ** -30));
  fc.assert(
    fc.property(any, any, any, (a, b, c) => {
      expect(isNearest(a, b, c, fma(a, b, c))).toBe(true);
    }),
    { numRuns: 3000, seed: 1 },
  );
});

test("fma tells what two roundings lose", () => {
  // a b lies just beyond a tie of float32; float64 drops the bit that says on which side.
  const a = 1 + 2 ** -12;
  expect(fma(a, a, 2 ** -40)).toBe(Math.fround(1 + 2 ** -11 + 2 ** -23));
  expect(fma(a, a, -(2 ** -60))).toBe(1 + 2 ** -11);
  expect(fma(a, a, 2 ** -60)).toBe(Math.fround(1 + 2 ** -11 + 2 ** -23));
});
