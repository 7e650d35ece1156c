import { copy, format, ones, tensor, toNested, zeros } from "@convfuse/core";
import { expect, test } from "vitest";

test("tensor takes nested arrays, a number, flat values with a shape, and typed arrays", () => {
  const nested = [
    [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
  ];
  expect(tensor(nested).shape).toEqual([1, 3, 2]);
  expect(toNested(tensor(nested))).toEqual(nested);
  expect(toNested(tensor([1, 2, 3, 4, 5, 6], [1, 3, 2]))).toEqual(nested);
  expect(toNested(tensor(new Float64Array([1, 2, 3, 4, 5, 6]), [1, 3, 2]))).toEqual(nested);
  expect(toNested(tensor(new Int8Array([1, -2])))).toEqual([1, -2]);
  expect(tensor(3).shape).toEqual([]);
  expect(toNested(tensor(3))).toBe(3);
  expect(tensor([[], []]).shape).toEqual([2, 0]);
});

test("tensor rounds to float32 and shares no memory with what it was made from", () => {
  const values = new Float32Array([1, 2]);
  const x = tensor(values, [2]);
  values[0] = 7;
  expect(x.get(0)).toBe(1);
  expect(tensor(0.1).data[0]).toBe(Math.fround(0.1));
});

test("zeros and ones hold what they say", () => {
  expect(toNested(zeros([2, 1]))).toEqual([[0], [0]]);
  expect(toNested(ones([1, 2]))).toEqual([[1, 1]]);
  expect(ones([2, 0, 3]).size).toBe(0);
});

test("copy is row-major and apart from its original", () => {
  const x = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  const view = x.transpose(1, 0).step(-1, 1).lo(1, 0);
  const y = copy(view);
  expect(toNested(y)).toEqual([
    [2, 5],
    [1, 4],
  ]);
  expect([...y.data]).toEqual([2, 5, 1, 4]);
  x.set(0, 1, 99);
  expect(y.get(0, 0)).toBe(2);
});

test("format reads views by their indices", () => {
  const x = tensor([
    [1, 2],
    [3, 4],
  ]);
  expect(format(x.transpose(1, 0).step(1, -1))).toBe("tensor([[3., 1.],\n        [4., 2.]])");
});
