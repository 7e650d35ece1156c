import {
  AdaptiveAvgPool2d,
  ArgumentError,
  AvgPool2d,
  acBlock,
  BatchNorm1d,
  diverseBranchBlock,
  edgeOrientedBlock,
  Flatten,
  GELU,
  Identity,
  MaxPool2d,
  mobileOneBlock,
  ones,
  Pad2d,
  PixelShuffle,
  PReLU,
  Product,
  ReLU,
  repMixer,
  repVggBlock,
  ShapeError,
  Sigmoid,
  squeezeExcitation,
  TensorTypeError,
  tensor,
  zeros,
} from "@convfuse/core";
import { testRefusals, wrong } from "../../../../test/support/refusals.js";

const x = zeros([1, 4, 5, 6]);

testRefusals([
  [
    () => new AdaptiveAvgPool2d(0),
    ArgumentError,
    "AdaptiveAvgPool2d: outputSize must be a whole number, 1 or more; got outputSize=0",
  ],
  [
    () => new AdaptiveAvgPool2d(wrong("1")),
    ArgumentError,
    'AdaptiveAvgPool2d: outputSize must be a number or [height, width]; got outputSize="1"',
  ],
  [
    () => new AdaptiveAvgPool2d(1).forward(zeros([3, 4])),
    ShapeError,
    "adaptiveAvgPool2d: x must be [channels, height, width] or [batch, channels, height, width]; got x.shape=[3,4]",
  ],
  [
    () => new BatchNorm1d(0),
    ArgumentError,
    "BatchNorm1d: numFeatures must be a whole number, 1 or more; got numFeatures=0",
  ],
  [
    () => new BatchNorm1d(3).forward(zeros([2, 4])),
    ShapeError,
    "BatchNorm1d: x must be [batch, 3] or [batch, 3, width]; got x.shape=[2,4]",
  ],
  [
    () => new BatchNorm1d(3).forward(zeros([2, 3, 4, 5])),
    ShapeError,
    "BatchNorm1d: x must be [batch, 3] or [batch, 3, width]; got x.shape=[2,3,4,5]",
  ],
  [
    () => new BatchNorm1d(3).forward(wrong(1)),
    TensorTypeError,
    "BatchNorm1d: x must be a tensor (an ndarray of Float32Array); got x=1",
  ],
  [
    () => new BatchNorm1d(3, { runningMean: ones([2]) }),
    ShapeError,
    "BatchNorm1d: runningMean must be [3], one value a channel; got runningMean.shape=[2]",
  ],
  [
    () => new BatchNorm1d(3, { eps: -1 }),
    ArgumentError,
    "BatchNorm1d: eps must be a number, 0 or more; got eps=-1",
  ],
  [() => new Flatten().forward(tensor(1)), ShapeError, "Flatten: x must have a batch axis; got x.shape=[]"],
  [
    () => new Flatten().forward(wrong([1])),
    TensorTypeError,
    "Flatten: x must be a tensor (an ndarray of Float32Array); got x=[1]",
  ],
  [
    () => new GELU().forward(wrong(2)),
    TensorTypeError,
    "GELU: x must be a tensor (an ndarray of Float32Array); got x=2",
  ],
  [
    () => new Sigmoid().forward(wrong(2)),
    TensorTypeError,
    "Sigmoid: x must be a tensor (an ndarray of Float32Array); got x=2",
  ],
  [
    () => new MaxPool2d(0),
    ArgumentError,
    "MaxPool2d: kernelSize must be a whole number, 1 or more; got kernelSize=0",
  ],
  [
    () => new MaxPool2d(2, { stride: 0 }),
    ArgumentError,
    "MaxPool2d: stride must be a whole number, 1 or more; got stride=0",
  ],
  [
    () => new MaxPool2d([2, 3], { padding: 2 }),
    ArgumentError,
    "MaxPool2d: padding must be at most half of the kernel; got padding=[2,2], kernelSize=[2,3]",
  ],
  [
    () => new MaxPool2d(7).forward(x),
    ShapeError,
    "maxPool2d: the window is larger than the padded input; got x.shape=[1,4,5,6], kernelSize=[7,7]",
  ],
  [
    () => new MaxPool2d(2).forward(zeros([3, 4])),
    ShapeError,
    "maxPool2d: x must be [channels, height, width] or [batch, channels, height, width]; got x.shape=[3,4]",
  ],
  [
    () => new MaxPool2d(2).forward(wrong(null)),
    TensorTypeError,
    "maxPool2d: x must be a tensor (an ndarray of Float32Array); got x=null",
  ],
  [
    () => new Pad2d(1.5),
    ArgumentError,
    "Pad2d: padding must be a whole number or [left, right, top, bottom]; got padding=1.5",
  ],
  [
    () => new Pad2d(wrong([1, 2])),
    ArgumentError,
    "Pad2d: padding must be a whole number or [left, right, top, bottom]; got padding=[1,2]",
  ],
  [
    () => new Pad2d(wrong(undefined)),
    ArgumentError,
    "Pad2d: padding must be a whole number or [left, right, top, bottom]; got padding=undefined",
  ],
  [
    () => new Pad2d(7, { mode: "reflect" }).forward(x),
    ShapeError,
    "pad: reflect padding must be less than the size of axis 2; got x.shape=[1,4,5,6], amounts=[7,7,7,7]",
  ],
  [
    () => new Pad2d(1, { mode: wrong("mirror") }).forward(x),
    ArgumentError,
    'pad: mode must be one of constant, reflect, replicate, circular; got mode="mirror"',
  ],
  [
    () => new Pad2d(1).forward(wrong(1)),
    TensorTypeError,
    "pad: x must be a tensor (an ndarray of Float32Array); got x=1",
  ],
  [
    () => new PixelShuffle(0),
    ArgumentError,
    "PixelShuffle: upscaleFactor must be a whole number, 1 or more; got upscaleFactor=0",
  ],
  [
    () => new PixelShuffle(3).forward(x),
    ShapeError,
    "PixelShuffle: x must be [..., a multiple of 9 channels, height, width]; got x.shape=[1,4,5,6]",
  ],
  [
    () => new PixelShuffle(2).forward(zeros([4, 2])),
    ShapeError,
    "PixelShuffle: x must be [..., a multiple of 4 channels, height, width]; got x.shape=[4,2]",
  ],
  [
    () => new PixelShuffle(2).forward(wrong({})),
    TensorTypeError,
    "PixelShuffle: x must be a tensor (an ndarray of Float32Array); got x=Object",
  ],
  [() => new PReLU(0), ArgumentError, "PReLU: channels must be a whole number, 1 or more; got channels=0"],
  [() => new PReLU(3, zeros([4])), ShapeError, "PReLU: weight must be [3]; got weight.shape=[4]"],
  [
    () => new PReLU(3, wrong("0.25")),
    TensorTypeError,
    'PReLU: weight must be a tensor (an ndarray of Float32Array); got weight="0.25"',
  ],
  [() => new PReLU(3).forward(x), ShapeError, "PReLU: x must be [batch, 3, ...]; got x.shape=[1,4,5,6]"],
  [() => new PReLU(3).forward(zeros([3])), ShapeError, "PReLU: x must be [batch, 3, ...]; got x.shape=[3]"],
  [
    () => new PReLU(3).forward(wrong(1)),
    TensorTypeError,
    "PReLU: x must be a tensor (an ndarray of Float32Array); got x=1",
  ],
  [() => new Product([]), ArgumentError, "Product: needs at least one branch"],
  [
    () => new Product(wrong(3)),
    TensorTypeError,
    "Product: modules must be a list or an object of modules; got modules=3",
  ],
  [
    () => new Product([new Identity(), wrong(1)]),
    TensorTypeError,
    "Product: modules.1 must be a module; got modules.1=1",
  ],
  [
    () => new Product([new Identity(), new AvgPool2d(2)]).forward(x),
    ShapeError,
    "Product: a branch must give the first one's shape, or [batch, channels, 1, 1]; got first=[1,4,5,6], shape=[1,4,2,3]",
  ],
  [
    () => new Product([new AdaptiveAvgPool2d(1), new ReLU()]).forward(x),
    ShapeError,
    "Product: a branch must give the first one's shape, or [batch, channels, 1, 1]; got first=[1,4,1,1], shape=[1,4,5,6]",
  ],
  [
    () => repVggBlock(0, 4),
    ArgumentError,
    "Conv2d: inChannels must be a whole number, 1 or more; got inChannels=0",
  ],
  [
    () => repVggBlock(4, 6, { groups: 4 }),
    ShapeError,
    "Conv2d: groups must divide the input and the output channels; got inChannels=4, outChannels=6, groups=4",
  ],
  [
    () => acBlock(4, 4, 0),
    ArgumentError,
    "acBlock: kernelSize must be a whole number, 1 or more; got kernelSize=0",
  ],
  [
    () => diverseBranchBlock(4, 2.5, 3),
    ArgumentError,
    "Conv2d: outChannels must be a whole number, 1 or more; got outChannels=2.5",
  ],
  [
    () => mobileOneBlock(4, 4, 3, { branches: -1 }),
    ArgumentError,
    "mobileOneBranches: branches must be a whole number, 0 or more; got branches=-1",
  ],
  [
    () => repMixer(0, 3),
    ArgumentError,
    "BatchNorm2d: numFeatures must be a whole number, 1 or more; got numFeatures=0",
  ],
  [
    () => edgeOrientedBlock(3, 0),
    ArgumentError,
    "Conv2d: outChannels must be a whole number, 1 or more; got outChannels=0",
  ],
  [
    () => squeezeExcitation(4, 0),
    ArgumentError,
    "Conv2d: outChannels must be a whole number, 1 or more; got outChannels=0",
  ],
]);
