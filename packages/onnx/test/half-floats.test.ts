import { expect, test } from "vitest";
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from "../src/model/half-floats.js";

const all = Array.from({ length: 2 ** 16 }, (_, bits) => bits);

test.each([
  ["float16", fromFloat16, toFloat16, 2 ** -24],
  ["bfloat16", fromBfloat16, toBfloat16, 2 ** -133],
] as const)(
  "every %s is its own nearest, and what lies between two goes to the nearer, or the even one",
  (_, from, to, least) => {
    const finite = all.filter((bits) => Number.isFinite(from(bits)));
    const own = finite.filter((bits) => to(from(bits)) !== bits);
    expect(own).toEqual([]);
    expect(from(1)).toBe(least);
    const wrong = finite.filter((bits) => {
      const [low, high] = [from(bits), from(bits + 1)];
      if (!Number.isFinite(high)) return false;
      // In float64 the middle of two is exact, and so is what lies a little beside it.
      const middle = (low + high) / 2;
      const aside = (high - low) / 1024;
      const even = bits % 2 === 0 ? bits : bits + 1;
      return to(middle) !== even || to(middle - aside) !== bits || to(middle + aside) !== bits + 1;
    });
    expect(wrong).toEqual([]);
    expect(from(to(Number.POSITIVE_INFINITY))).toBe(Number.POSITIVE_INFINITY);
    expect(from(to(-1e300))).toBe(Number.NEGATIVE_INFINITY);
    expect(from(to(Number.NaN))).toBeNaN();
    expect(from(to(Number.MIN_VALUE))).toBe(0);
  },
);

test("float16 as IEEE 754 has it", () => {
  // The largest, the first that is infinite, the smallest normal one, a third, minus zero.
  const known = [
    [0x7bff, 65504],
    [0x0400, 2 ** -14],
    [0x3555, 0.333251953125],
    [0xc000, -2],
  ] as const;
  for (const [bits, value] of known) expect([fromFloat16(bits), toFloat16(value)]).toEqual([value, bits]);
  expect(toFloat16(65519.999)).toBe(0x7bff);
  expect(toFloat16(65520)).toBe(0x7c00);
  expect(toFloat16(-0)).toBe(0x8000);
  expect(toBfloat16(1 + 2 ** -8)).toBe(0x3f80);
});
