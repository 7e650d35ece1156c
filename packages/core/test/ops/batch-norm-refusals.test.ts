import { ArgumentError, batchNorm, ones, ShapeError, TensorTypeError, zeros } from "@convfuse/core";
import { testRefusals, wrong } from "../../../../test/support/refusals.js";

const x = zeros([1, 4, 5, 6]);
const mean = zeros([4]);
const variance = ones([4]);

testRefusals([
  [
    () => batchNorm(wrong(1)),
    TensorTypeError,
    "batchNorm: x must be a tensor (an ndarray of Float32Array); got x=1",
  ],
  [
    () => batchNorm(zeros([3]), zeros([3]), ones([3])),
    ShapeError,
    "batchNorm: x must be [batch, channels, ...]; got x.shape=[3]",
  ],
  [
    () => batchNorm(x),
    ArgumentError,
    "batchNorm: runningMean and runningVar are needed unless training; got runningMean=undefined, runningVar=undefined",
  ],
  [
    () => batchNorm(x, mean),
    ArgumentError,
    "batchNorm: runningMean and runningVar are needed unless training; got runningMean=[4], runningVar=undefined",
  ],
  [
    () => batchNorm(x, zeros([3]), variance),
    ShapeError,
    "batchNorm: runningMean must be [4], one value a channel; got runningMean.shape=[3]",
  ],
  [
    () => batchNorm(x, mean, wrong([1, 1, 1, 1])),
    TensorTypeError,
    "batchNorm: runningVar must be a tensor (an ndarray of Float32Array); got runningVar=[1,1,1,1]",
  ],
  [
    () => batchNorm(x, mean, variance, { weight: ones([4, 1]) }),
    ShapeError,
    "batchNorm: weight must be [4], one value a channel; got weight.shape=[4,1]",
  ],
  [
    () => batchNorm(x, mean, variance, { bias: ones([5]) }),
    ShapeError,
    "batchNorm: bias must be [4], one value a channel; got bias.shape=[5]",
  ],
  [
    () => batchNorm(x, mean, variance, { eps: -1 }),
    ArgumentError,
    "batchNorm: eps must be a number, 0 or more; got eps=-1",
  ],
  [
    () => batchNorm(x, mean, variance, { eps: Number.NaN }),
    ArgumentError,
    "batchNorm: eps must be a number, 0 or more; got eps=NaN",
  ],
  [
    () => batchNorm(x, mean, variance, { training: wrong("yes") }),
    ArgumentError,
    'batchNorm: training must be true or false; got training="yes"',
  ],
  [
    () => batchNorm(x, mean, variance, wrong(1e-3)),
    ArgumentError,
    "batchNorm: options must be an object of named options; got options=0.001",
  ],
  [
    () => batchNorm(x, undefined, undefined, { training: true, eps: 0 }),
    ArgumentError,
    "batchNorm: eps must be above 0 in training; got eps=0",
  ],
  [
    () => batchNorm(x, mean, undefined, { training: true }),
    ArgumentError,
    "batchNorm: runningMean and runningVar go together; got runningMean=[4], runningVar=undefined",
  ],
  [
    () => batchNorm(zeros([1, 4, 1, 1]), undefined, undefined, { training: true }),
    ShapeError,
    "batchNorm: training needs more than one value a channel; got x.shape=[1,4,1,1]",
  ],
]);
