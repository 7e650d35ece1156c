import {
  ArgumentError,
  allclose,
  copy,
  describeDifference,
  format,
  isclose,
  maxAbsDiff,
  maxUlp,
  ones,
  ShapeError,
  TensorTypeError,
  tensor,
  toNested,
  zeros,
} from "@convfuse/core";
import { testRefusals, wrong } from "../../../../test/support/refusals.js";

const x = zeros([1, 4, 5, 6]);

testRefusals([
  [() => tensor([[1, 2], [3]]), ShapeError, "tensor: every row of axis 1 must hold 2 entries; got row=[3]"],
  [() => tensor([[1], 2]), ShapeError, "tensor: every row of axis 1 must hold 1 entries; got row=2"],
  [() => tensor([1, [2]]), TensorTypeError, "tensor: every value must be a number; got value=[2]"],
  [() => tensor(wrong([["1"]])), TensorTypeError, 'tensor: every value must be a number; got value="1"'],
  [
    () => tensor(wrong(undefined)),
    TensorTypeError,
    "tensor: values must be numbers, nested or flat; got values=undefined",
  ],
  [
    () => tensor(wrong(null), [1]),
    TensorTypeError,
    "tensor: values must be numbers, nested or flat; got values=null",
  ],
  [() => tensor(wrong("12"), [2]), TensorTypeError, 'tensor: every value must be a number; got value="1"'],
  [
    () => tensor([1, 2, 3], [2, 2]),
    ShapeError,
    "tensor: shape needs 4 values; got values.length=3, shape=[2,2]",
  ],
  [() => tensor(1, [1]), ShapeError, "tensor: shape needs 1 values; got values=1, shape=[1]"],
  [
    () => tensor([1], [1.5]),
    ArgumentError,
    "tensor: every axis size must be a whole number, 0 or more; got shape=[1.5]",
  ],
  [
    () => zeros([-1]),
    ArgumentError,
    "zeros: every axis size must be a whole number, 0 or more; got shape=[-1]",
  ],
  [
    () => zeros([Number.NaN]),
    ArgumentError,
    "zeros: every axis size must be a whole number, 0 or more; got shape=[NaN]",
  ],
  [() => ones(wrong(3)), ArgumentError, "ones: shape must be an array of axis sizes; got shape=3"],
  [
    () => toNested(wrong(1)),
    TensorTypeError,
    "toNested: x must be a tensor (an ndarray of Float32Array); got x=1",
  ],
  [() => copy(wrong(1)), TensorTypeError, "copy: x must be a tensor (an ndarray of Float32Array); got x=1"],
  [
    () => format(wrong([1])),
    TensorTypeError,
    "format: x must be a tensor (an ndarray of Float32Array); got x=[1]",
  ],
  [
    () => allclose(x, zeros([4])),
    ShapeError,
    "allclose: a and b must have the same shape; got a.shape=[1,4,5,6], b.shape=[4]",
  ],
  [
    () => allclose(x, x, { rtol: -1 }),
    ArgumentError,
    "allclose: rtol and atol must be numbers of at least 0; got rtol=-1, atol=1e-8",
  ],
  [
    () => isclose(x, wrong(1)),
    TensorTypeError,
    "isclose: b must be a tensor (an ndarray of Float32Array); got b=1",
  ],
  [
    () => isclose(x, x, { atol: Number.NaN }),
    ArgumentError,
    "isclose: rtol and atol must be numbers of at least 0; got rtol=0.00001, atol=NaN",
  ],
  [
    () => maxAbsDiff(x, zeros([4])),
    ShapeError,
    "maxAbsDiff: a and b must have the same shape; got a.shape=[1,4,5,6], b.shape=[4]",
  ],
  [
    () => maxUlp(x, zeros([4])),
    ShapeError,
    "maxUlp: a and b must have the same shape; got a.shape=[1,4,5,6], b.shape=[4]",
  ],
  [
    () => describeDifference(wrong(1), x),
    TensorTypeError,
    "describeDifference: actual must be a tensor (an ndarray of Float32Array); got actual=1",
  ],
  [
    () => describeDifference(x, wrong(Array.from({ length: 20 }, (_, i) => i))),
    TensorTypeError,
    "describeDifference: expected must be a tensor (an ndarray of Float32Array); got expected=[0,1,2,3,4,5,6,7,8,9,10,11,... 8 more]",
  ],
  [
    () => describeDifference(x, x, zeros([4])),
    ShapeError,
    "describeDifference: bound must have the shape of expected; got bound.shape=[4], expected.shape=[1,4,5,6]",
  ],
]);
