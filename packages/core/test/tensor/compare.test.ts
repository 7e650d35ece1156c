import {
  allclose,
  describeDifference,
  isclose,
  maxAbsDiff,
  maxUlp,
  ones,
  tensor,
  zeros,
} from "@convfuse/core";
import { describe, expect, test } from "vitest";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

describe("isclose", () => {
  test("takes |a - b| <= atol + rtol |b|: the second side is the scale", () => {
    expect(isclose(tensor([100, 101]), tensor([101, 100]), { rtol: 0.0099505, atol: 0 })).toEqual([
      true,
      false,
    ]);
    expect(isclose(tensor([1, 1]), tensor([1.25, 1.5]), { rtol: 0, atol: 0.25 })).toEqual([true, false]);
  });

  test("has PyTorch's defaults: rtol 1e-5, atol 1e-8", () => {
    expect(isclose(tensor([1, 1, 0, 0]), tensor([1.000009, 1.00002, 9e-9, 2e-8]))).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  test("NaN is close to nothing, infinities to themselves only", () => {
    const a = tensor([nan, nan, inf, inf, -inf, inf]);
    const b = tensor([nan, 1, inf, -inf, -inf, 3e38]);
    expect(isclose(a, b, { rtol: 1e9 })).toEqual([false, false, true, false, true, false]);
    expect(isclose(a, b, { equalNan: true })).toEqual([true, false, true, false, true, false]);
  });

  test("reads views by their indices", () => {
    const x = tensor([
      [1, 2],
      [3, 4],
    ]);
    const y = tensor([
      [1, 3],
      [2, 4],
    ]);
    expect(allclose(x.transpose(1, 0), y)).toBe(true);
    expect(allclose(x, y)).toBe(false);
    expect(isclose(x.step(1, -1), y)).toEqual([false, false, false, false]);
  });
});

describe("maxAbsDiff and maxUlp", () => {
  test("find the worst element", () => {
    expect(maxAbsDiff(tensor([1, 2, 3]), tensor([1.5, 0, 3]))).toBe(2);
    expect(maxUlp(tensor([1, 1]), tensor([1 + 2 ** -23, 1 + 3 * 2 ** -23]))).toBe(3);
  });

  test("count across zero, the denormals and a power of two", () => {
    expect(maxUlp(tensor([2 ** -149]), tensor([-(2 ** -149)]))).toBe(2);
    expect(maxUlp(tensor([0]), tensor([-0]))).toBe(0);
    expect(maxUlp(tensor([2 - 2 ** -23]), tensor([2]))).toBe(1);
  });

  test("NaN against NaN is no difference, NaN against a number is NaN, infinities of two signs infinitely far", () => {
    expect(maxAbsDiff(tensor([nan]), tensor([nan]))).toBe(0);
    expect(maxAbsDiff(tensor([nan, 1]), tensor([0, 5]))).toBeNaN();
    expect(maxUlp(tensor([1, 0]), tensor([1, nan]))).toBeNaN();
    expect(maxAbsDiff(tensor([inf]), tensor([-inf]))).toBe(inf);
    expect(maxAbsDiff(tensor([inf]), tensor([inf]))).toBe(0);
  });
});

describe("describeDifference", () => {
  test("says nothing where every element passes", () => {
    expect(describeDifference(tensor([1, nan, inf, -0]), tensor([1, nan, inf, 0]))).toBeUndefined();
    expect(describeDifference(tensor([1, 2]), tensor([1.5, 2]), { atol: 0.5 })).toBeUndefined();
    expect(describeDifference(tensor([1, 2]), tensor([1.5, 2]), { rtol: 0.34 })).toBeUndefined();
    expect(describeDifference(tensor([1, 2]), tensor([1.5, 2]), tensor([0.5, 0]))).toBeUndefined();
  });

  test("gives the worst index, both values, their distance and the bound", () => {
    const a = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const b = tensor([
      [1, 2.25, 3],
      [4, 5, 5.5],
    ]);
    expect(describeDifference(a, b, { atol: 0.125 })).toBe(
      "2 of 6 values differ; worst at [1,2]: 6 against 5.5, a difference of 0.5 (1048576 ulp), allowed 0.125",
    );
  });

  test("takes the worst in multiples of its own bound", () => {
    const bounds = tensor([0.01, 10, 10]);
    expect(describeDifference(tensor([1, 1, 1]), tensor([1.25, 9, 100]), bounds)).toMatch(
      /^2 of 3 values differ; worst at \[0\]: 1 against 1.25, .* allowed 0.01$/,
    );
  });

  test("lets neither NaN nor an infinity pass for a number, whatever the bound", () => {
    for (const [a, b] of [
      [nan, 1],
      [1, nan],
      [inf, 1],
      [1, -inf],
      [inf, -inf],
      [nan, inf],
    ]) {
      const said = describeDifference(tensor([a as number]), tensor([b as number]), { atol: inf, rtol: inf });
      expect(said).toMatch(/^1 of 1 values differ; worst at \[0\]/);
    }
  });

  test("a bound that is NaN allows nothing", () => {
    expect(describeDifference(tensor([1]), tensor([2]), tensor([nan]))).toMatch(/allowed NaN$/);
  });

  test("names shapes that differ", () => {
    expect(describeDifference(zeros([2, 3]), ones([3, 2]))).toBe("the shapes differ: [2,3] against [3,2]");
    expect(describeDifference(zeros([1, 3]), zeros([3]))).toBe("the shapes differ: [1,3] against [3]");
  });
});
