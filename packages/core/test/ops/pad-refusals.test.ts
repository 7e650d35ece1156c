import { ArgumentError, pad, ShapeError, TensorTypeError, zeros } from "@convfuse/core";
import { testRefusals, wrong } from "../../../../test/support/refusals.js";

const x = zeros([1, 4, 5, 6]);

testRefusals([
  [
    () => pad(wrong(3), [1, 1]),
    TensorTypeError,
    "pad: x must be a tensor (an ndarray of Float32Array); got x=3",
  ],
  [
    () => pad(x, [1]),
    ArgumentError,
    "pad: amounts must be whole numbers, two an axis; got x.shape=[1,4,5,6], amounts=[1]",
  ],
  [
    () => pad(x, [1.5, 1]),
    ArgumentError,
    "pad: amounts must be whole numbers, two an axis; got x.shape=[1,4,5,6], amounts=[1.5,1]",
  ],
  [
    () => pad(x, [1, Number.NaN]),
    ArgumentError,
    "pad: amounts must be whole numbers, two an axis; got x.shape=[1,4,5,6], amounts=[1,NaN]",
  ],
  [
    () => pad(x, wrong(1)),
    ArgumentError,
    "pad: amounts must be whole numbers, two an axis; got x.shape=[1,4,5,6], amounts=1",
  ],
  [
    () => pad(x, [1, 1], { mode: wrong("zeros") }),
    ArgumentError,
    'pad: mode must be one of constant, reflect, replicate, circular; got mode="zeros"',
  ],
  [() => pad(x, [1, 1], { value: wrong("0") }), ArgumentError, 'pad: value must be a number; got value="0"'],
  [
    () => pad(x, [1, 1], { mode: "reflect", value: 1 }),
    ArgumentError,
    'pad: value goes with mode constant only; got mode="reflect", value=1',
  ],
  [
    () => pad(x, [1, 1], wrong("reflect")),
    ArgumentError,
    'pad: options must be an object of named options; got options="reflect"',
  ],
  [
    () => pad(x, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]),
    ShapeError,
    "pad: amounts are for at most 4 axes; got x.shape=[1,4,5,6], amounts=[1,1,1,1,1,1,1,1,1,1]",
  ],
  [
    () => pad(x, [-4, -3]),
    ShapeError,
    "pad: axis 3 of size 6 cannot lose that much; got x.shape=[1,4,5,6], amounts=[-4,-3]",
  ],
  [
    () => pad(x, [-7, 3]),
    ShapeError,
    "pad: axis 3 of size 6 cannot lose that much; got x.shape=[1,4,5,6], amounts=[-7,3]",
  ],
  [
    () => pad(x, [6, 0], { mode: "reflect" }),
    ShapeError,
    "pad: reflect padding must be less than the size of axis 3; got x.shape=[1,4,5,6], amounts=[6,0]",
  ],
  [
    () => pad(x, [7, 0], { mode: "circular" }),
    ShapeError,
    "pad: circular padding must be at most what is left of axis 3; got x.shape=[1,4,5,6], amounts=[7,0]",
  ],
  [
    () => pad(x, [-3, 4], { mode: "circular" }),
    ShapeError,
    "pad: circular padding must be at most what is left of axis 3; got x.shape=[1,4,5,6], amounts=[-3,4]",
  ],
  [
    () => pad(zeros([1, 0]), [1, 1], { mode: "replicate" }),
    ShapeError,
    "pad: axis 1 is empty: replicate has nothing to read; got x.shape=[1,0], amounts=[1,1]",
  ],
]);
