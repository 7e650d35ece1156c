import {
  AdaptiveAvgPool1d,
  AdaptiveAvgPool2d,
  ArgumentError,
  AvgPool1d,
  BatchNorm3d,
  Conv1d,
  ConvTranspose2d,
  ConvTranspose3d,
  Dropout,
  DropPath,
  ELU,
  GELU,
  LayerNorm,
  LayerNorm2d,
  LeakyReLU,
  layerNorm,
  MaxPool3d,
  maxPool1d,
  ones,
  ShapeError,
  TensorTypeError,
  Upsample,
  upsample,
  zeros,
} from "@convfuse/core";
import { testRefusals, wrong } from "../../../../test/support/refusals.js";

testRefusals([
  [
    () => new Conv1d(2, 2, wrong([3, 3])),
    ArgumentError,
    "Conv1d: kernelSize must be a number or [width]; got kernelSize=[3,3]",
  ],
  [
    () => new ConvTranspose2d(4, 3, 3, { groups: 2 }),
    ShapeError,
    "ConvTranspose2d: groups must divide the input and the output channels; got inChannels=4, outChannels=3, groups=2",
  ],
  [
    () => new ConvTranspose2d(4, 2, 3, { weight: zeros([2, 4, 3, 3]) }),
    ShapeError,
    "ConvTranspose2d: weight must be [4,2,3,3]; got weight.shape=[2,4,3,3]",
  ],
  [
    () => new ConvTranspose3d(4, 2, 3, { outputPadding: 1 }),
    ArgumentError,
    "ConvTranspose3d: outputPadding must be less than the stride or than the dilation; got outputPadding=[1,1,1], stride=[1,1,1], dilation=[1,1,1]",
  ],
  [
    () => new BatchNorm3d(3).forward(zeros([2, 3, 4, 5])),
    ShapeError,
    "BatchNorm3d: x must be [batch, 3, depth, height, width]; got x.shape=[2,3,4,5]",
  ],
  [
    () => new AvgPool1d(2, wrong({ divisorOverride: 2 })),
    ArgumentError,
    "AvgPool1d: unknown option divisorOverride. Known are stride, padding, ceilMode, countIncludePad; got divisorOverride=2",
  ],
  [
    () => new MaxPool3d(3, { padding: [1, 2, 1] }),
    ArgumentError,
    "MaxPool3d: padding must be at most half of the kernel; got padding=[1,2,1], kernelSize=[3,3,3]",
  ],
  [
    () => maxPool1d(zeros([1, 2, 3]), 4),
    ShapeError,
    "maxPool1d: the window is larger than the padded input; got x.shape=[1,2,3], kernelSize=[4]",
  ],
  [
    () => new LeakyReLU(Number.NaN),
    ArgumentError,
    "LeakyReLU: negativeSlope must be a finite number; got negativeSlope=NaN",
  ],
  [() => new Dropout(1.5), ArgumentError, "Dropout: p must be a number from 0 to 1; got p=1.5"],
  [
    () => new DropPath(wrong("0.1")),
    ArgumentError,
    'DropPath: dropProb must be a number from 0 to 1; got dropProb="0.1"',
  ],
  [
    () => new Upsample({ scaleFactor: [2, -0.5] }),
    ArgumentError,
    "Upsample: scaleFactor must be finite and above 0; got scaleFactor=[2,-0.5]",
  ],
  [
    () => new Upsample({ scaleFactor: 2, size: 3 }),
    ArgumentError,
    "Upsample: needs size or scaleFactor, not both; got size=3, scaleFactor=2",
  ],
  [
    () => new Upsample(wrong({})),
    ArgumentError,
    "Upsample: needs size or scaleFactor, not both; got size=undefined, scaleFactor=undefined",
  ],
  [
    () => new Upsample({ size: [4, 0] }),
    ArgumentError,
    "Upsample: size must be a whole number, 1 or more; got size=[4,0]",
  ],
  [() => new ELU(Number.NaN), ArgumentError, "ELU: alpha must be a finite number; got alpha=NaN"],
  [
    () => new GELU({ approximate: wrong("erf") }),
    ArgumentError,
    'GELU: approximate must be "none" or "tanh"; got approximate="erf"',
  ],
  [
    () => new AdaptiveAvgPool2d([null, 0]),
    ArgumentError,
    "AdaptiveAvgPool2d: outputSize must be a whole number, 1 or more; got outputSize=[null,0]",
  ],
  [
    () => new AdaptiveAvgPool1d(wrong(null)),
    ArgumentError,
    "AdaptiveAvgPool1d: outputSize must be a whole number, 1 or more; got outputSize=null",
  ],
  [
    () => new Upsample({ scaleFactor: [] }),
    ArgumentError,
    "Upsample: scaleFactor must be a number or one to three numbers; got scaleFactor=[]",
  ],
  [
    () => new Upsample({ scaleFactor: 2, mode: wrong("bicubic") }),
    ArgumentError,
    'Upsample: mode must be one of nearest, linear, bilinear, trilinear; got mode="bicubic"',
  ],
  [
    () => new Upsample({ scaleFactor: 2, alignCorners: true }),
    ArgumentError,
    'Upsample: alignCorners does not go with mode nearest; got mode="nearest", alignCorners=true',
  ],
  [
    () => new Upsample({ scaleFactor: [2], mode: "bilinear" }),
    ArgumentError,
    "Upsample: scaleFactor must be a number or [height, width]; got scaleFactor=[2]",
  ],
  [
    () => upsample(zeros([1, 2, 0, 3]), { scaleFactor: 2 }),
    ShapeError,
    "upsample: only the batch axis may be empty; got shape=[1,2,0,6], x.shape=[1,2,0,3]",
  ],
  [
    () => upsample(zeros([1, 2, 3, 1]), { scaleFactor: [0.5, 0.9] }),
    ShapeError,
    "upsample: nothing would be left of the image; got shape=[1,2,1,0], x.shape=[1,2,3,1]",
  ],
  [
    () => upsample(zeros([2, 3, 4]), { scaleFactor: 2, mode: "bilinear" }),
    ShapeError,
    "upsample: x must be [batch, channels, height, width]; got x.shape=[2,3,4]",
  ],
  [
    () => upsample(zeros([3, 4]), { size: 2 }),
    ShapeError,
    "upsample: x must be [batch, channels, and one to three axes]; got x.shape=[3,4]",
  ],
  [
    () => layerNorm(zeros([2, 3]), [2]),
    ShapeError,
    "layerNorm: x must end with the normalised shape; got x.shape=[2,3], normalizedShape=[2]",
  ],
  [
    () => layerNorm(zeros([2, 3]), [3], { weight: ones([2]) }),
    ShapeError,
    "layerNorm: weight must be [3]; got weight.shape=[2]",
  ],
  [
    () => new LayerNorm(undefined as unknown as number),
    ArgumentError,
    "LayerNorm: normalizedShape must be a whole number, 1 or more; got normalizedShape=undefined",
  ],
  [
    () => new LayerNorm(0),
    ArgumentError,
    "LayerNorm: normalizedShape must be a whole number, 1 or more; got normalizedShape=0",
  ],
  [
    () => new LayerNorm(4, { elementwiseAffine: false, weight: ones([4]) }),
    ArgumentError,
    "LayerNorm: weight and bias go with elementwiseAffine: true only; got elementwiseAffine=false",
  ],
  [
    () => new LayerNorm(4, { bias: ones([3]) }),
    ShapeError,
    "LayerNorm: bias must be [4]; got bias.shape=[3]",
  ],
  [
    () => new LayerNorm2d(3).forward(zeros([2, 4, 5])),
    ShapeError,
    "LayerNorm2d: x must be [batch, 3, height, width]; got x.shape=[2,4,5]",
  ],
  [
    () => new LayerNorm2d(3).forward(wrong(1)),
    TensorTypeError,
    "LayerNorm2d: x must be a tensor (an ndarray of Float32Array); got x=1",
  ],
]);
