import {
  ArgumentError,
  AvgPool2d,
  BatchNorm2d,
  Concat,
  Conv2d,
  Identity,
  Linear,
  ones,
  ReLU,
  Scale,
  Sequential,
  ShapeError,
  Sum,
  TensorTypeError,
  zeros,
} from "@convfuse/core";
import { testRefusals, wrong } from "../../../../test/support/refusals.js";

const x = zeros([1, 4, 5, 6]);

testRefusals([
  [
    () => new Conv2d(0, 2, 3),
    ArgumentError,
    "Conv2d: inChannels must be a whole number, 1 or more; got inChannels=0",
  ],
  [
    () => new Conv2d(Number.NaN, 2, 3),
    ArgumentError,
    "Conv2d: inChannels must be a whole number, 1 or more; got inChannels=NaN",
  ],
  [
    () => new Conv2d(3, 2.5, 3),
    ArgumentError,
    "Conv2d: outChannels must be a whole number, 1 or more; got outChannels=2.5",
  ],
  [
    () => new Conv2d(3, 2, 0),
    ArgumentError,
    "Conv2d: kernelSize must be a whole number, 1 or more; got kernelSize=0",
  ],
  [
    () => new Conv2d(3, 2, wrong([3, 3, 3])),
    ArgumentError,
    "Conv2d: kernelSize must be a number or [height, width]; got kernelSize=[3,3,3]",
  ],
  [
    () => new Conv2d(3, 2, wrong(undefined)),
    ArgumentError,
    "Conv2d: kernelSize must be a number or [height, width]; got kernelSize=undefined",
  ],
  [
    () => new Conv2d(3, 2, 3, { groups: 2 }),
    ShapeError,
    "Conv2d: groups must divide the input and the output channels; got inChannels=3, outChannels=2, groups=2",
  ],
  [
    () => new Conv2d(4, 3, 3, { groups: 2 }),
    ShapeError,
    "Conv2d: groups must divide the input and the output channels; got inChannels=4, outChannels=3, groups=2",
  ],
  [
    () => new Conv2d(3, 2, 3, { weight: zeros([2, 3, 3, 2]) }),
    ShapeError,
    "Conv2d: weight must be [2,3,3,3]; got weight.shape=[2,3,3,2]",
  ],
  [
    () => new Conv2d(3, 2, 3, { weight: wrong([1]) }),
    TensorTypeError,
    "Conv2d: weight must be a tensor (an ndarray of Float32Array); got weight=[1]",
  ],
  [
    () => new Conv2d(3, 2, 3, { bias: zeros([3]) }),
    ShapeError,
    "Conv2d: bias must be [2], one value a channel; got bias.shape=[3]",
  ],
  [
    () => new Conv2d(3, 2, 3, { bias: wrong("yes") }),
    TensorTypeError,
    'Conv2d: bias must be a tensor (an ndarray of Float32Array); got bias="yes"',
  ],
  [
    () => new Conv2d(3, 2, 3, { stride: 2, padding: "same" }),
    ArgumentError,
    'Conv2d: padding "same" needs stride 1; got stride=[2,2]',
  ],
  [
    () => new Conv2d(3, 2, 3, { padding: -1 }),
    ArgumentError,
    "Conv2d: padding must be a whole number, 0 or more; got padding=-1",
  ],
  [
    () => new Conv2d(3, 2, 3, { paddingMode: wrong("x") }),
    ArgumentError,
    'Conv2d: paddingMode must be one of zeros, reflect, replicate, circular; got paddingMode="x"',
  ],
  [
    () => new Conv2d(3, 2, 3, wrong(1)),
    ArgumentError,
    "Conv2d: options must be an object of named options; got options=1",
  ],
  [
    () => new Conv2d(3, 2, 3).forward(x),
    ShapeError,
    "conv2d: x has 4 channels but weight expects 3; got x.shape=[1,4,5,6], weight.shape=[2,3,3,3]",
  ],
  [
    () => new BatchNorm2d(0),
    ArgumentError,
    "BatchNorm2d: numFeatures must be a whole number, 1 or more; got numFeatures=0",
  ],
  [
    () => new BatchNorm2d(2, { eps: -1 }),
    ArgumentError,
    "BatchNorm2d: eps must be a number, 0 or more; got eps=-1",
  ],
  [
    () => new BatchNorm2d(2, { affine: false, weight: ones([2]) }),
    ArgumentError,
    "BatchNorm2d: weight and bias go with affine: true only; got affine=false",
  ],
  [
    () => new BatchNorm2d(2, { runningVar: ones([3]) }),
    ShapeError,
    "BatchNorm2d: runningVar must be [2], one value a channel; got runningVar.shape=[3]",
  ],
  [
    () => new BatchNorm2d(2, { affine: wrong(0) }),
    ArgumentError,
    "BatchNorm2d: affine must be true or false; got affine=0",
  ],
  [
    () => new BatchNorm2d(2, { training: wrong(1) }),
    ArgumentError,
    "BatchNorm2d: training must be true or false; got training=1",
  ],
  [
    () => new BatchNorm2d(2, wrong(1e-3)),
    ArgumentError,
    "BatchNorm2d: options must be an object of named options; got options=0.001",
  ],
  [
    () => new BatchNorm2d(2).forward(zeros([2, 5, 5])),
    ShapeError,
    "BatchNorm2d: x must be [batch, 2, height, width]; got x.shape=[2,5,5]",
  ],
  [
    () => new BatchNorm2d(2).forward(x),
    ShapeError,
    "BatchNorm2d: x must be [batch, 2, height, width]; got x.shape=[1,4,5,6]",
  ],
  [
    () => new BatchNorm2d(2).forward(wrong(1)),
    TensorTypeError,
    "BatchNorm2d: x must be a tensor (an ndarray of Float32Array); got x=1",
  ],
  [
    () => new Linear(0, 1),
    ArgumentError,
    "Linear: inFeatures must be a whole number, 1 or more; got inFeatures=0",
  ],
  [
    () => new Linear(3, Number.NaN),
    ArgumentError,
    "Linear: outFeatures must be a whole number, 1 or more; got outFeatures=NaN",
  ],
  [
    () => new Linear(3, 2, { weight: zeros([3, 2]) }),
    ShapeError,
    "Linear: weight must be [2,3]; got weight.shape=[3,2]",
  ],
  [
    () => new Linear(3, 2, { weight: wrong(1) }),
    TensorTypeError,
    "Linear: weight must be a tensor (an ndarray of Float32Array); got weight=1",
  ],
  [
    () => new Linear(3, 2, { bias: zeros([3]) }),
    ShapeError,
    "Linear: bias must be [2], one value a channel; got bias.shape=[3]",
  ],
  [
    () => new Linear(3, 2, wrong(false)),
    ArgumentError,
    "Linear: options must be an object of named options; got options=false",
  ],
  [
    () => new Linear(3, 2).forward(zeros([2, 2])),
    ShapeError,
    "linear: the last axis of x must hold 3 features; got x.shape=[2,2], weight.shape=[2,3]",
  ],
  [
    () => new AvgPool2d(0),
    ArgumentError,
    "AvgPool2d: kernelSize must be a whole number, 1 or more; got kernelSize=0",
  ],
  [
    () => new AvgPool2d(2, { padding: 2 }),
    ArgumentError,
    "AvgPool2d: padding must be at most half of the kernel; got padding=[2,2], kernelSize=[2,2]",
  ],
  [
    () => new AvgPool2d(2, wrong(2)),
    ArgumentError,
    "AvgPool2d: options must be an object of named options; got options=2",
  ],
  [
    () => new AvgPool2d(7).forward(x),
    ShapeError,
    "avgPool2d: the window is larger than the padded input; got x.shape=[1,4,5,6], kernelSize=[7,7]",
  ],
  [
    () => new Sequential(wrong(null)),
    TensorTypeError,
    "Sequential: modules must be a list or an object of modules; got modules=null",
  ],
  [
    () => new Sequential([wrong(1)]),
    TensorTypeError,
    "Sequential: modules.0 must be a module; got modules.0=1",
  ],
  [
    () => new Sequential(wrong(new ReLU())),
    TensorTypeError,
    "Sequential: modules must be a list or an object of modules; got modules=ReLU",
  ],
  [() => new Sum([]), ArgumentError, "Sum: needs at least one branch"],
  [
    () => new Sum(wrong("ab")),
    TensorTypeError,
    'Sum: modules must be a list or an object of modules; got modules="ab"',
  ],
  [
    () => new Sum([new Identity(), new AvgPool2d(2)]).forward(x),
    ShapeError,
    "add: a and b must have the same shape; got a.shape=[1,4,5,6], b.shape=[1,4,2,3]",
  ],
  [() => new Concat([]), ArgumentError, "Concat: needs at least one branch"],
  [
    () => new Concat({ left: wrong({}) }),
    TensorTypeError,
    "Concat: modules.left must be a module; got modules.left=Object",
  ],
  [
    () => new Concat([new Identity(), new AvgPool2d(2)]).forward(x),
    ShapeError,
    "cat: the shapes must be equal but for axis 1; got shapes=[[1,4,5,6],[1,4,2,3]]",
  ],
  [
    () => new Concat([new Identity()]).forward(zeros([3])),
    ShapeError,
    "Concat: the branches must give [batch, channels, ...] or [channels, height, width]; got shapes=[[3]]",
  ],
  [() => new Scale(Number.NaN), ArgumentError, "Scale: scale must be a number; got scale=NaN"],
  [
    () => new Scale(zeros([1, 2])),
    ShapeError,
    "Scale: scale must be a number or [channels]; got scale.shape=[1,2]",
  ],
  [
    () => new Scale(wrong("2")),
    TensorTypeError,
    'Scale: scale must be a tensor (an ndarray of Float32Array); got scale="2"',
  ],
  [
    () => new Scale(wrong(2)).forward(wrong(1)),
    TensorTypeError,
    "Scale: x must be a tensor (an ndarray of Float32Array); got x=1",
  ],
  [
    () => new Scale(ones([3])).forward(x),
    ShapeError,
    "Scale: x must be [3] or [batch, 3] or [3, height, width] or [batch, 3, height, width]; got x.shape=[1,4,5,6]",
  ],
  [
    () => new Scale(ones([4])).forward(zeros([5])),
    ShapeError,
    "Scale: x must be [4] or [batch, 4] or [4, height, width] or [batch, 4, height, width]; got x.shape=[5]",
  ],
  [
    () => new Identity().forward(wrong(1)),
    TensorTypeError,
    "Identity: x must be a tensor (an ndarray of Float32Array); got x=1",
  ],
  [
    () => new ReLU().forward(wrong([1])),
    TensorTypeError,
    "relu: x must be a tensor (an ndarray of Float32Array); got x=[1]",
  ],
]);
