import {
  ArgumentError,
  conv1d,
  conv3d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  ShapeError,
  TensorTypeError,
  zeros,
} from "@convfuse/core";
import { testRefusals, wrong } from "../../../../test/support/refusals.js";

const line = zeros([1, 4, 6]);
const volume = zeros([1, 4, 3, 5, 6]);
const image = zeros([1, 4, 5, 6]);
const w1 = zeros([2, 4, 3]);
const w3 = zeros([2, 4, 3, 3, 2]);
/** [in, out / groups, ...] */
const t2 = zeros([4, 2, 3, 3]);

testRefusals([
  [
    () => conv1d(image, w1),
    ShapeError,
    "conv1d: x must be [channels, width] or [batch, channels, width]; got x.shape=[1,4,5,6]",
  ],
  [
    () => conv1d(line, zeros([2, 4, 3, 3])),
    ShapeError,
    "conv1d: weight must be [out channels, in channels / groups, kernel width]; got weight.shape=[2,4,3,3]",
  ],
  [
    () => conv1d(line, w1, undefined, { stride: wrong([1, 2]) }),
    ArgumentError,
    "conv1d: stride must be a number or [width]; got stride=[1,2]",
  ],
  [
    () => conv1d(line, w1, undefined, { padding: wrong([1, 2]) }),
    ArgumentError,
    'conv1d: padding must be a number, [width], [[left, right]], "same" or "valid"; got padding=[1,2]',
  ],
  [
    () => conv1d(line, w1, undefined, { padding: "same", stride: [2] }),
    ArgumentError,
    'conv1d: padding "same" needs stride 1; got stride=[2]',
  ],
  [
    () => conv1d(line, w1, undefined, { padding: 6, paddingMode: "reflect" }),
    ShapeError,
    "conv1d: reflect padding must be less than the image's size on each axis; got padding=[[6,6]], image=[6]",
  ],
  [
    () => conv1d(line, zeros([2, 4, 7])),
    ShapeError,
    "conv1d: the kernel spans [7] pixels but the padded input has [6]; got x.shape=[1,4,6], weight.shape=[2,4,7]",
  ],
  [
    () => conv3d(volume, w1),
    ShapeError,
    "conv3d: weight must be [out channels, in channels / groups, kernel depth, kernel height, kernel width]; got weight.shape=[2,4,3]",
  ],
  [
    () => conv3d(volume, w3, undefined, { dilation: wrong([1, 2]) }),
    ArgumentError,
    "conv3d: dilation must be a number or [depth, height, width]; got dilation=[1,2]",
  ],
  [
    () => conv3d(volume, w3, undefined, { padding: wrong([[1, 2]]) }),
    ArgumentError,
    'conv3d: padding must be a number, [depth, height, width], [[front, back], [top, bottom], [left, right]], "same" or "valid"; got padding=[[1,2]]',
  ],
  [
    () => conv3d(volume, zeros([2, 3, 1, 1, 1])),
    ShapeError,
    "conv3d: x has 4 channels but weight expects 3; got x.shape=[1,4,3,5,6], weight.shape=[2,3,1,1,1]",
  ],
  [
    () => convTranspose2d(image, wrong(3)),
    TensorTypeError,
    "convTranspose2d: weight must be a tensor (an ndarray of Float32Array); got weight=3",
  ],
  [
    () => convTranspose1d(line, zeros([4, 2])),
    ShapeError,
    "convTranspose1d: weight must be [in channels, out channels / groups, kernel width]; got weight.shape=[4,2]",
  ],
  [
    () => convTranspose2d(zeros([3, 5, 6]), t2),
    ShapeError,
    "convTranspose2d: x has 3 channels but weight expects 4; got x.shape=[1,3,5,6], weight.shape=[4,2,3,3]",
  ],
  [
    () => convTranspose2d(image, t2, undefined, { groups: 3 }),
    ShapeError,
    "convTranspose2d: weight has 4 input channels, which 3 groups do not divide; got x.shape=[1,4,5,6], weight.shape=[4,2,3,3]",
  ],
  [
    () => convTranspose2d(image, t2, zeros([2]), { groups: 2 }),
    ShapeError,
    "convTranspose2d: bias must be [4], one value a channel; got bias.shape=[2]",
  ],
  [
    () => convTranspose2d(image, zeros([4, 2, 0, 3])),
    ShapeError,
    "convTranspose2d: weight must not have an empty axis; got x.shape=[1,4,5,6], weight.shape=[4,2,0,3]",
  ],
  [
    () => convTranspose2d(zeros([1, 4, 0, 6]), t2),
    ShapeError,
    "convTranspose2d: x must not have an empty image; got x.shape=[1,4,0,6], weight.shape=[4,2,3,3]",
  ],
  [
    () => convTranspose2d(image, t2, undefined, { outputPadding: [0, 1], stride: [2, 1] }),
    ArgumentError,
    "convTranspose2d: outputPadding must be less than the stride or than the dilation; got outputPadding=[0,1], stride=[2,1], dilation=[1,1]",
  ],
  [
    () => convTranspose2d(image, t2, undefined, { padding: wrong("same") }),
    ArgumentError,
    'convTranspose2d: padding must be a number or [height, width]; got padding="same"',
  ],
  [
    () => convTranspose2d(image, t2, undefined, { padding: -1 }),
    ArgumentError,
    "convTranspose2d: padding must be a whole number, 0 or more; got padding=-1",
  ],
  [
    () => convTranspose2d(image, t2, undefined, wrong({ paddingMode: "zeros" })),
    ArgumentError,
    'convTranspose2d: unknown option paddingMode, did you mean padding? Known are stride, padding, outputPadding, dilation, groups; got paddingMode="zeros"',
  ],
  [
    () => convTranspose2d(image, t2, undefined, { padding: [4, 3] }),
    ShapeError,
    "convTranspose2d: padding leaves an output of [-1,2] pixels; got x.shape=[1,4,5,6], weight.shape=[4,2,3,3]",
  ],
  [
    () => convTranspose3d(volume, zeros([4, 2, 3, 3, 3]), undefined, { stride: wrong([2, 2]) }),
    ArgumentError,
    "convTranspose3d: stride must be a number or [depth, height, width]; got stride=[2,2]",
  ],
]);
