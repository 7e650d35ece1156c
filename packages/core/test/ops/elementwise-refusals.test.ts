import {
  ArgumentError,
  add,
  cat,
  mul,
  relu,
  ShapeError,
  sub,
  TensorTypeError,
  tensor,
  zeros,
} from "@convfuse/core";
import { testRefusals, wrong } from "../../../../test/support/refusals.js";

const x = zeros([1, 4, 5, 6]);

testRefusals([
  [
    () => cat(wrong(x)),
    ArgumentError,
    "cat: tensors must be a list of at least one tensor; got tensors=ndarray [1,4,5,6]",
  ],
  [() => cat([]), ArgumentError, "cat: tensors must be a list of at least one tensor; got tensors=[]"],
  [
    () => cat([x, wrong(1)]),
    TensorTypeError,
    "cat: tensors[1] must be a tensor (an ndarray of Float32Array); got tensors[1]=1",
  ],
  [() => cat([x, x], 4), ArgumentError, "cat: axis must be below the rank, 4; got axis=4"],
  [() => cat([x, x], -1), ArgumentError, "cat: axis must be a whole number, 0 or more; got axis=-1"],
  [() => cat([x, x], 0.5), ArgumentError, "cat: axis must be a whole number, 0 or more; got axis=0.5"],
  [
    () => cat([x, zeros([1, 4, 5, 5])], 1),
    ShapeError,
    "cat: the shapes must be equal but for axis 1; got shapes=[[1,4,5,6],[1,4,5,5]]",
  ],
  [
    () => cat([x, zeros([4])]),
    ShapeError,
    "cat: the shapes must be equal but for axis 0; got shapes=[[1,4,5,6],[4]]",
  ],
  [() => cat([tensor(1)]), ArgumentError, "cat: axis must be below the rank, 0; got axis=0"],
  [
    () => add(x, wrong("1")),
    TensorTypeError,
    'add: b must be a tensor (an ndarray of Float32Array); got b="1"',
  ],
  [
    () => add(x, zeros([1, 4, 5, 1])),
    ShapeError,
    "add: a and b must have the same shape; got a.shape=[1,4,5,6], b.shape=[1,4,5,1]",
  ],
  [() => add(wrong(1), x), TensorTypeError, "add: a must be a tensor (an ndarray of Float32Array); got a=1"],
  [
    () => sub(x, zeros([4])),
    ShapeError,
    "sub: a and b must have the same shape; got a.shape=[1,4,5,6], b.shape=[4]",
  ],
  [
    () => mul(x, wrong(null)),
    TensorTypeError,
    "mul: b must be a tensor (an ndarray of Float32Array); got b=null",
  ],
  [
    () => relu(wrong([1])),
    TensorTypeError,
    "relu: x must be a tensor (an ndarray of Float32Array); got x=[1]",
  ],
]);
