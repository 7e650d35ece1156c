import {
  ArgumentError,
  adaptiveAvgPool2d,
  avgPool2d,
  ShapeError,
  TensorTypeError,
  zeros,
} from "@convfuse/core";
import { testRefusals, wrong } from "../../../../test/support/refusals.js";

const x = zeros([1, 4, 5, 6]);

testRefusals([
  [
    () => avgPool2d(wrong({}), 2),
    TensorTypeError,
    "avgPool2d: x must be a tensor (an ndarray of Float32Array); got x=Object",
  ],
  [
    () => avgPool2d(zeros([3, 3]), 2),
    ShapeError,
    "avgPool2d: x must be [channels, height, width] or [batch, channels, height, width]; got x.shape=[3,3]",
  ],
  [
    () => avgPool2d(x, 0),
    ArgumentError,
    "avgPool2d: kernelSize must be a whole number, 1 or more; got kernelSize=0",
  ],
  [
    () => avgPool2d(x, wrong(undefined)),
    ArgumentError,
    "avgPool2d: kernelSize must be a number or [height, width]; got kernelSize=undefined",
  ],
  [
    () => avgPool2d(x, [2, 0.5]),
    ArgumentError,
    "avgPool2d: kernelSize must be a whole number, 1 or more; got kernelSize=[2,0.5]",
  ],
  [
    () => avgPool2d(x, 2, { stride: 0 }),
    ArgumentError,
    "avgPool2d: stride must be a whole number, 1 or more; got stride=0",
  ],
  [
    () => avgPool2d(x, 2, { padding: -1 }),
    ArgumentError,
    "avgPool2d: padding must be a whole number, 0 or more; got padding=-1",
  ],
  [
    () => avgPool2d(x, 3, { padding: 2 }),
    ArgumentError,
    "avgPool2d: padding must be at most half of the kernel; got padding=[2,2], kernelSize=[3,3]",
  ],
  [
    () => avgPool2d(x, 2, { divisorOverride: 0 }),
    ArgumentError,
    "avgPool2d: divisorOverride must be a whole number other than 0; got divisorOverride=0",
  ],
  [
    () => avgPool2d(x, 2, { divisorOverride: 1.5 }),
    ArgumentError,
    "avgPool2d: divisorOverride must be a whole number other than 0; got divisorOverride=1.5",
  ],
  [
    () => avgPool2d(x, 2, { ceilMode: wrong(1) }),
    ArgumentError,
    "avgPool2d: ceilMode must be true or false; got ceilMode=1",
  ],
  [
    () => avgPool2d(x, 2, { countIncludePad: wrong("no") }),
    ArgumentError,
    'avgPool2d: countIncludePad must be true or false; got countIncludePad="no"',
  ],
  [
    () => avgPool2d(x, 2, wrong(2)),
    ArgumentError,
    "avgPool2d: options must be an object of named options; got options=2",
  ],
  [
    () => avgPool2d(x, 7),
    ShapeError,
    "avgPool2d: the window is larger than the padded input; got x.shape=[1,4,5,6], kernelSize=[7,7]",
  ],
  [
    () => avgPool2d(zeros([1, 0, 5, 5]), 2),
    ShapeError,
    "avgPool2d: only the batch axis may be empty; got x.shape=[1,0,5,5], kernelSize=[2,2]",
  ],
  [
    () => adaptiveAvgPool2d(wrong(1), 1),
    TensorTypeError,
    "adaptiveAvgPool2d: x must be a tensor (an ndarray of Float32Array); got x=1",
  ],
  [
    () => adaptiveAvgPool2d(zeros([3, 3]), 1),
    ShapeError,
    "adaptiveAvgPool2d: x must be [channels, height, width] or [batch, channels, height, width]; got x.shape=[3,3]",
  ],
  [
    () => adaptiveAvgPool2d(zeros([1, 2, 0, 3]), 1),
    ShapeError,
    "adaptiveAvgPool2d: x must not have an empty image; got x.shape=[1,2,0,3]",
  ],
  [
    () => adaptiveAvgPool2d(x, 0),
    ArgumentError,
    "adaptiveAvgPool2d: outputSize must be a whole number, 1 or more; got outputSize=0",
  ],
  [
    () => adaptiveAvgPool2d(x, [1, 1.5]),
    ArgumentError,
    "adaptiveAvgPool2d: outputSize must be a whole number, 1 or more; got outputSize=[1,1.5]",
  ],
]);
