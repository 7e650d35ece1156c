import ndarray from "ndarray";
import { describe, expect, test } from "vitest";
import {
  add,
  conv2d,
  copy,
  loadStateDict,
  ones,
  readNpy,
  Scale,
  ShapeError,
  type StateArray,
  type StateData,
  TensorTypeError,
  tensor,
  toNested,
  toTensor,
  writeNpy,
} from "../../src/index.js";

const array = (data: StateData, shape = [data.length], stride = [1], offset = 0): StateArray => ({
  data,
  shape,
  stride,
  offset,
  size: shape.reduce((a, b) => a * b, 1),
});

describe("toTensor", () => {
  test.each([
    [Float32Array.of(0.5, -2)],
    [Float64Array.of(0.5, -2)],
    [Int8Array.of(-128, 127)],
    [Int16Array.of(-32768, 7)],
    [Int32Array.of(-5, 5)],
    [BigInt64Array.of(-3n, 4n)],
    [Uint8Array.of(0, 255)],
    [Uint8ClampedArray.of(1, 2)],
    [Buffer.from([1, 200])],
    [Uint16Array.of(1, 65535)],
    [Uint32Array.of(0, 2 ** 31)],
    [BigUint64Array.of(0n, 2n ** 40n)],
  ])("takes every kind of elements, flat and with axes: %o", (data) => {
    const want = Array.from(data as ArrayLike<number>, Number);
    const flat = toTensor(data);
    expect(flat.data).toBeInstanceOf(Float32Array);
    expect(toNested(flat)).toEqual(want);
    expect(toNested(toTensor(data, [2, 1]))).toEqual(want.map((value) => [value]));
    expect(toNested(toTensor(array(data as StateData, [2], [-1], 1)))).toEqual([...want].reverse());
    expect(toNested(toTensor(readNpy(writeNpy(array(data as StateData)))))).toEqual(want);
    data.fill((typeof data[0] === "bigint" ? 0n : 0) as never);
    expect(toNested(flat)).toEqual(want);
  });

  test("takes views with any strides, expanded ones and empty ones", () => {
    const x = ndarray(
      Float64Array.from({ length: 24 }, (_, i) => i) as never,
      [2, 3, 4],
    ) as unknown as StateArray;
    const view = (x as unknown as ReturnType<typeof ones>).transpose(2, 0, 1).hi(3, 2, 3).step(2, 1, -1);
    expect(toNested(toTensor(view as unknown as StateArray))).toEqual([
      [
        [8, 4, 0],
        [20, 16, 12],
      ],
      [
        [10, 6, 2],
        [22, 18, 14],
      ],
    ]);
    expect(toNested(toTensor(array(Float64Array.of(7), [2, 2], [0, 0])))).toEqual([
      [7, 7],
      [7, 7],
    ]);
    expect(toTensor(array(new Float64Array(0), [0, 3], [3, 1])).shape).toEqual([0, 3]);
    expect(toNested(toTensor(array(Float64Array.of(1, 2), [], [], 1)))).toBe(2);
    const same = ones([2, 2]);
    expect(toTensor(same).data).not.toBe(same.data);
  });

  // What PyTorch 2.13 (and NumPy 2.4 for uint64) give for float() of these: float64 in between would round twice.
  test.each([
    [2n ** 60n + 2n ** 36n + 1n, 1152921642045800400],
    [-(2n ** 60n + 2n ** 36n + 1n), -1152921642045800400],
    [2n ** 60n + 2n ** 36n, 1152921504606847000],
    [2n ** 63n - 1n, 2 ** 63],
    [-(2n ** 63n), -(2 ** 63)],
    [2n ** 53n + 1n, 2 ** 53],
    [16777217n, 16777216],
    [2n ** 62n + 2n ** 38n - 1n, 2 ** 62],
    [9007199791611905n, 9007200328482816],
  ])("rounds the 64-bit integer %s once", (value, want) => {
    expect(toNested(toTensor(BigInt64Array.of(value)))).toEqual([want]);
  });

  test("rounds unsigned 64-bit integers and float64 once, to infinity beyond float32's range", () => {
    expect(toNested(toTensor(BigUint64Array.of(2n ** 64n - 1n, 2n ** 63n + 2n ** 39n + 1n)))).toEqual([
      2 ** 64,
      2 ** 63 + 2 ** 40,
    ]);
    expect(toNested(toTensor(Float64Array.of(0.1, 1e300, -1e39, 1e-60)))).toEqual([
      Math.fround(0.1),
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      0,
    ]);
  });

  test.each([
    [[1, 2], "toTensor: array must be an ndarray over a typed array, or a typed array; got array=[1,2]"],
    [
      undefined,
      "toTensor: array must be an ndarray over a typed array, or a typed array; got array=undefined",
    ],
    [
      new DataView(new ArrayBuffer(4)),
      "toTensor: array must be an ndarray over a typed array, or a typed array; got array=DataView",
    ],
  ])("refuses what is no such array", (value, message) => {
    expect(() => toTensor(value as never)).toThrow(TensorTypeError);
    expect(() => toTensor(value as never)).toThrow(message);
  });

  test("refuses shapes and strides that do not fit", () => {
    expect(() => toTensor(Float64Array.of(1, 2), [3])).toThrow(
      "toTensor: the shape's product must be the number of values; got length=2, shape=[3]",
    );
    expect(() => toTensor(tensor([1]), [1])).toThrow(
      "toTensor: a shape is for typed arrays; this array has one; got shape=[1]",
    );
    for (const wrong of [
      array(Float64Array.of(1, 2), [3]),
      array(Float64Array.of(1, 2), [2], [2]),
      array(Float64Array.of(1, 2), [2], [-1]),
      array(Float64Array.of(1, 2), [2], [1], 1),
      array(Float64Array.of(1, 2), [2], [0.5]),
      array(Float64Array.of(1, 2), [2, 1], [1]),
    ]) {
      expect(() => toTensor(wrong)).toThrow(ShapeError);
      expect(() => toTensor(wrong)).toThrow("toTensor: an array must lie inside its data; got shape=[");
    }
    expect(() =>
      loadStateDict(new Scale(ones([2])), new Map([["scale", array(Float64Array.of(1, 2), [2], [2])]])),
    ).toThrow("loadStateDict: an array must lie inside its data");
  });
});

test("whatever refuses such an array names toTensor", () => {
  const labels = array(BigInt64Array.of(1n, 2n));
  for (const refusing of [
    () => add(labels as never, 1),
    () => conv2d(labels as never, ones([1, 1, 1, 1])),
    () => copy(labels as never),
    () => toNested(labels as never),
    () => tensor(labels as never),
    () => tensor(labels as never, [2]),
    () => tensor(labels.data as never),
    () => tensor(labels.data as never, [2]),
    () => copy(labels.data as never),
    () => new Scale(labels as never),
  ]) {
    expect(refusing).toThrow(TensorTypeError);
    expect(refusing).toThrow(/toTensor makes/);
  }
  expect(() => conv2d(labels as never, ones([1, 1, 1, 1]))).toThrow(
    'conv2d: x must be a tensor (an ndarray of Float32Array), which toTensor makes of any array; got x="ndarray of BigInt64Array"',
  );
  expect(() => tensor(labels as never)).toThrow(
    "tensor: values must be numbers, nested or flat; toTensor makes a tensor of any other array; got values=",
  );
});
