import { ArgumentError, conv2d, ShapeError, TensorTypeError, zeros } from "@convfuse/core";
import ndarray from "ndarray";
import { testRefusals, wrong } from "../../../../test/support/refusals.js";

const x = zeros([1, 4, 5, 6]);
const w = zeros([4, 4, 3, 2]);

testRefusals([
  [
    () => conv2d(wrong([[1]]), w),
    TensorTypeError,
    "conv2d: x must be a tensor (an ndarray of Float32Array); got x=[[1]]",
  ],
  [
    () => conv2d(wrong(null), w),
    TensorTypeError,
    "conv2d: x must be a tensor (an ndarray of Float32Array); got x=null",
  ],
  [
    () => conv2d(wrong(ndarray(new Float64Array(4), [1, 1, 2, 2])), w),
    TensorTypeError,
    'conv2d: x must be a tensor (an ndarray of Float32Array), which toTensor makes of any array; got x="ndarray of Float64Array"',
  ],
  [
    () => conv2d(x, wrong(undefined)),
    TensorTypeError,
    "conv2d: weight must be a tensor (an ndarray of Float32Array); got weight=undefined",
  ],
  [
    () => conv2d(x, w, wrong({ stride: 2 })),
    TensorTypeError,
    "conv2d: bias must be a tensor (an ndarray of Float32Array); got bias=Object",
  ],
  [
    () => conv2d(x, w, undefined, wrong(2)),
    ArgumentError,
    "conv2d: options must be an object of named options; got options=2",
  ],
  [
    () => conv2d(x, w, undefined, wrong(null)),
    ArgumentError,
    "conv2d: options must be an object of named options; got options=null",
  ],
  [
    () => conv2d(zeros([5, 6]), w),
    ShapeError,
    "conv2d: x must be [channels, height, width] or [batch, channels, height, width]; got x.shape=[5,6]",
  ],
  [
    () => conv2d(zeros([1, 1, 1, 5, 6]), w),
    ShapeError,
    "conv2d: x must be [channels, height, width] or [batch, channels, height, width]; got x.shape=[1,1,1,5,6]",
  ],
  [
    () => conv2d(x, zeros([4, 4, 3])),
    ShapeError,
    "conv2d: weight must be [out channels, in channels / groups, kernel height, kernel width]; got weight.shape=[4,4,3]",
  ],
  [
    () => conv2d(zeros([1, 3, 5, 6]), w),
    ShapeError,
    "conv2d: x has 3 channels but weight expects 4; got x.shape=[1,3,5,6], weight.shape=[4,4,3,2]",
  ],
  [
    () => conv2d(x, zeros([4, 2, 3, 2]), undefined, { groups: 4 }),
    ShapeError,
    "conv2d: x has 4 channels but weight expects 2 x 4 groups = 8; got x.shape=[1,4,5,6], weight.shape=[4,2,3,2]",
  ],
  [
    () => conv2d(x, zeros([3, 2, 3, 3]), undefined, { groups: 2 }),
    ShapeError,
    "conv2d: weight has 3 output channels, which 2 groups do not divide; got x.shape=[1,4,5,6], weight.shape=[3,2,3,3]",
  ],
  [
    () => conv2d(x, w, zeros([3])),
    ShapeError,
    "conv2d: bias must be [4], one value a channel; got bias.shape=[3]",
  ],
  [
    () => conv2d(x, w, zeros([4, 1])),
    ShapeError,
    "conv2d: bias must be [4], one value a channel; got bias.shape=[4,1]",
  ],
  [
    () => conv2d(x, w, undefined, { stride: 0 }),
    ArgumentError,
    "conv2d: stride must be a whole number, 1 or more; got stride=0",
  ],
  [
    () => conv2d(x, w, undefined, { stride: [1, -1] }),
    ArgumentError,
    "conv2d: stride must be a whole number, 1 or more; got stride=[1,-1]",
  ],
  [
    () => conv2d(x, w, undefined, { stride: 1.5 }),
    ArgumentError,
    "conv2d: stride must be a whole number, 1 or more; got stride=1.5",
  ],
  [
    () => conv2d(x, w, undefined, { stride: Number.NaN }),
    ArgumentError,
    "conv2d: stride must be a whole number, 1 or more; got stride=NaN",
  ],
  [
    () => conv2d(x, w, undefined, { stride: Number.POSITIVE_INFINITY }),
    ArgumentError,
    "conv2d: stride must be a whole number, 1 or more; got stride=Infinity",
  ],
  [
    () => conv2d(x, w, undefined, { stride: wrong([1, 2, 3]) }),
    ArgumentError,
    "conv2d: stride must be a number or [height, width]; got stride=[1,2,3]",
  ],
  [
    () => conv2d(x, w, undefined, { stride: wrong("2") }),
    ArgumentError,
    'conv2d: stride must be a number or [height, width]; got stride="2"',
  ],
  [
    () => conv2d(x, w, undefined, { dilation: 0 }),
    ArgumentError,
    "conv2d: dilation must be a whole number, 1 or more; got dilation=0",
  ],
  [
    () => conv2d(x, w, undefined, { dilation: [1, Number.NaN] }),
    ArgumentError,
    "conv2d: dilation must be a whole number, 1 or more; got dilation=[1,NaN]",
  ],
  [
    () => conv2d(x, w, undefined, { groups: 0 }),
    ArgumentError,
    "conv2d: groups must be a whole number, 1 or more; got groups=0",
  ],
  [
    () => conv2d(x, w, undefined, { groups: -1 }),
    ArgumentError,
    "conv2d: groups must be a whole number, 1 or more; got groups=-1",
  ],
  [
    () => conv2d(x, w, undefined, { groups: 0.5 }),
    ArgumentError,
    "conv2d: groups must be a whole number, 1 or more; got groups=0.5",
  ],
  [
    () => conv2d(x, w, undefined, { padding: -1 }),
    ArgumentError,
    "conv2d: padding must be a whole number, 0 or more; got padding=-1",
  ],
  [
    () => conv2d(x, w, undefined, { padding: 0.5 }),
    ArgumentError,
    "conv2d: padding must be a whole number, 0 or more; got padding=0.5",
  ],
  [
    () => conv2d(x, w, undefined, { padding: [1, Number.NaN] }),
    ArgumentError,
    "conv2d: padding must be a whole number, 0 or more; got padding=[1,NaN]",
  ],
  [
    () =>
      conv2d(x, w, undefined, {
        padding: [
          [0, 1],
          [0, -1],
        ],
      }),
    ArgumentError,
    "conv2d: padding must be a whole number, 0 or more; got padding=[[0,1],[0,-1]]",
  ],
  [
    () => conv2d(x, w, undefined, { padding: wrong("full") }),
    ArgumentError,
    'conv2d: padding must be a number, [height, width], [[top, bottom], [left, right]], "same" or "valid"; got padding="full"',
  ],
  [
    () => conv2d(x, w, undefined, { padding: wrong([1]) }),
    ArgumentError,
    'conv2d: padding must be a number, [height, width], [[top, bottom], [left, right]], "same" or "valid"; got padding=[1]',
  ],
  [
    () => conv2d(x, w, undefined, { padding: wrong([[1], [2]]) }),
    ArgumentError,
    'conv2d: padding must be a number, [height, width], [[top, bottom], [left, right]], "same" or "valid"; got padding=[[1],[2]]',
  ],
  [
    () => conv2d(x, w, undefined, { padding: wrong([1, [1, 2]]) }),
    ArgumentError,
    'conv2d: padding must be a number, [height, width], [[top, bottom], [left, right]], "same" or "valid"; got padding=[1,[1,2]]',
  ],
  [
    () => conv2d(x, w, undefined, { padding: "same", stride: 2 }),
    ArgumentError,
    'conv2d: padding "same" needs stride 1; got stride=[2,2]',
  ],
  [
    () => conv2d(x, w, undefined, { padding: "same", stride: [1, 2] }),
    ArgumentError,
    'conv2d: padding "same" needs stride 1; got stride=[1,2]',
  ],
  [
    () => conv2d(x, w, undefined, { paddingMode: wrong("mirror") }),
    ArgumentError,
    'conv2d: paddingMode must be one of zeros, reflect, replicate, circular; got paddingMode="mirror"',
  ],
  [
    () => conv2d(x, w, undefined, { padding: 5, paddingMode: "reflect" }),
    ShapeError,
    "conv2d: reflect padding must be less than the image's size on each axis; got padding=[[5,5],[5,5]], image=[5,6]",
  ],
  [
    () =>
      conv2d(x, w, undefined, {
        padding: [
          [0, 0],
          [0, 6],
        ],
        paddingMode: "reflect",
      }),
    ShapeError,
    "conv2d: reflect padding must be less than the image's size on each axis; got padding=[[0,0],[0,6]], image=[5,6]",
  ],
  [
    () => conv2d(x, w, undefined, { padding: [0, 7], paddingMode: "circular" }),
    ShapeError,
    "conv2d: circular padding must be at most the image's size on each axis; got padding=[[0,0],[7,7]], image=[5,6]",
  ],
  [
    () => conv2d(x, zeros([4, 4, 6, 2])),
    ShapeError,
    "conv2d: the kernel spans [6,2] pixels but the padded input has [5,6]; got x.shape=[1,4,5,6], weight.shape=[4,4,6,2]",
  ],
  [
    () => conv2d(x, zeros([4, 4, 8, 2]), undefined, { padding: 1 }),
    ShapeError,
    "conv2d: the kernel spans [8,2] pixels but the padded input has [7,8]; got x.shape=[1,4,5,6], weight.shape=[4,4,8,2]",
  ],
  [
    () => conv2d(x, w, undefined, { dilation: [3, 1] }),
    ShapeError,
    "conv2d: the kernel spans [7,2] pixels but the padded input has [5,6]; got x.shape=[1,4,5,6], weight.shape=[4,4,3,2]",
  ],
  [
    () => conv2d(x, zeros([4, 4, 0, 2])),
    ShapeError,
    "conv2d: weight must not have an empty axis; got x.shape=[1,4,5,6], weight.shape=[4,4,0,2]",
  ],
  [
    () => conv2d(x, zeros([0, 4, 3, 2])),
    ShapeError,
    "conv2d: weight must not have an empty axis; got x.shape=[1,4,5,6], weight.shape=[0,4,3,2]",
  ],
  [
    () => conv2d(zeros([1, 4, 0, 6]), w, undefined, { padding: 2 }),
    ShapeError,
    "conv2d: x must not have an empty image; got x.shape=[1,4,0,6], weight.shape=[4,4,3,2]",
  ],
]);
