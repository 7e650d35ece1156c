import { linear, ShapeError, TensorTypeError, tensor, zeros } from "@convfuse/core";
import { testRefusals, wrong } from "../../../../test/support/refusals.js";

const x = zeros([1, 3]);

testRefusals([
  [
    () => linear(wrong("x"), zeros([2, 3])),
    TensorTypeError,
    'linear: x must be a tensor (an ndarray of Float32Array); got x="x"',
  ],
  [
    () => linear(x, wrong(0)),
    TensorTypeError,
    "linear: weight must be a tensor (an ndarray of Float32Array); got weight=0",
  ],
  [
    () => linear(x, zeros([3])),
    ShapeError,
    "linear: weight must be [out features, in features]; got x.shape=[1,3], weight.shape=[3]",
  ],
  [
    () => linear(x, zeros([2, 5])),
    ShapeError,
    "linear: the last axis of x must hold 5 features; got x.shape=[1,3], weight.shape=[2,5]",
  ],
  [
    () => linear(tensor(1), zeros([2, 1])),
    ShapeError,
    "linear: the last axis of x must hold 1 features; got x.shape=[], weight.shape=[2,1]",
  ],
  [
    () => linear(x, zeros([2, 3]), zeros([3])),
    ShapeError,
    "linear: bias must be [2], one value a channel; got bias.shape=[3]",
  ],
  [
    () => linear(x, zeros([2, 3]), wrong([1, 2])),
    TensorTypeError,
    "linear: bias must be a tensor (an ndarray of Float32Array); got bias=[1,2]",
  ],
]);
