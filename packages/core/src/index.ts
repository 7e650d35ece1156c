export { engineNames, getEngine, setEngine } from "./engines/active.js";
export type { Precision, WasmOptions } from "./engines/wasm/index.js";
export { ArgumentError, ConvfuseError, EngineError, ShapeError, TensorTypeError } from "./errors.js";
export { type BootstrapOptions, type MedianInterval, medianInterval } from "./measure/bootstrap.js";
export {
  type Alternatives,
  type CompareTimesOptions,
  compareTimes,
  type TimeComparison,
  type TimedPair,
} from "./measure/compare-times.js";
export { AvgPool2d } from "./nn/avg-pool2d.js";
export { BatchNorm2d, type BatchNorm2dOptions } from "./nn/batch-norm2d.js";
export { Concat } from "./nn/concat.js";
export { Conv2d, type Conv2dLayerOptions } from "./nn/conv2d.js";
export { Identity } from "./nn/identity.js";
export { Linear, type LinearOptions } from "./nn/linear.js";
export { Module, type NamedModules, type NamedTensors } from "./nn/module.js";
export { ReLU } from "./nn/relu.js";
export { Scale } from "./nn/scale.js";
export { Sequential } from "./nn/sequential.js";
export { Sum } from "./nn/sum.js";
export { type AvgPool2dOptions, avgPool2d } from "./ops/avg-pool2d.js";
export { type BatchNormOptions, batchNorm } from "./ops/batch-norm.js";
export { cat } from "./ops/cat.js";
export type { Conv2dOptions, Padding, PaddingMode, Pair } from "./ops/conv-geometry.js";
export { conv2d } from "./ops/conv2d.js";
export { add, mul, relu, sub } from "./ops/elementwise.js";
export { linear } from "./ops/linear.js";
export { type PadOptions, pad } from "./ops/pad.js";
export { manualSeed } from "./random/generator.js";
export {
  type KaimingOptions,
  kaimingNormal,
  kaimingUniform,
  type Nonlinearity,
  xavierNormal,
  xavierUniform,
} from "./random/init.js";
export { randint, randperm } from "./random/integers.js";
export { normal, randn } from "./random/normal.js";
export { rand, uniform } from "./random/uniform.js";
export { allclose, isclose, maxAbsDiff, maxUlp, type Tolerance } from "./tensor/compare.js";
export { describeDifference } from "./tensor/describe-difference.js";
export { format } from "./tensor/format.js";
export { copy } from "./tensor/layout.js";
export { toNested } from "./tensor/nested.js";
export { type NestedNumbers, ones, type Tensor, tensor, zeros } from "./tensor/tensor.js";
