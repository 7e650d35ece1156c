export type { LinearForm, LinearKernel, PerAxis } from "./algebra/kernel.js";
export { averagePoolKernel } from "./algebra/layers/average-pool.js";
export {
  batchNormKernel,
  foldBatchNorm,
  foldBatchNormBefore,
  type Normalisation,
} from "./algebra/layers/batch-norm.js";
export { identityKernel } from "./algebra/layers/identity.js";
export { perChannel } from "./algebra/layers/per-channel.js";
export { toTransposed } from "./algebra/layers/transposed.js";
export { addKernels } from "./algebra/parallel/add.js";
export { concatKernels } from "./algebra/parallel/concat.js";
export { embedKernel } from "./algebra/parallel/embed.js";
export { regroupKernel } from "./algebra/parallel/regroup.js";
export { scaleKernel } from "./algebra/parallel/scale.js";
export { subtractKernels } from "./algebra/parallel/subtract.js";
export { denseKernel } from "./algebra/parallel/undilate.js";
export { paddingKernel } from "./algebra/sequence/padding.js";
export { mergeSequence } from "./algebra/sequence/sequence.js";
export { checkOptions, type OptionNames, type Pair } from "./checks.js";
export { enableFastWasm, engineNames, getEngine, setEngine } from "./engines/active.js";
export type { LayerProfile } from "./engines/layer-profile.js";
export type { Precision, WasmOptions } from "./engines/wasm/options.js";
export {
  ArgumentError,
  ConvfuseError,
  EngineError,
  FormatError,
  FusionError,
  ShapeError,
  TensorTypeError,
} from "./errors.js";
export { type FuseOptions, type Fusion, fuse, kernelOf } from "./fuse/fuse.js";
export {
  type ChannelsBy,
  type FusedConvolution,
  type FusedGraph,
  type FusedTerm,
  type FuseGraphOptions,
  fuseGraph,
  type GraphRefusal,
  type Growth,
  type Replacement,
  type ScalesBy,
} from "./fuse/graph/fuse-graph.js";
export type { Refusal, WeightRange } from "./fuse/report/notes.js";
export type { FusedSubtree, FusionReport, Totals } from "./fuse/report/report.js";
export { kernelOfConv2d, linearKernel } from "./fuse/tree/layer-kernels.js";
export { conv2dOfKernel } from "./fuse/tree/realise.js";
export { costOfGraph, type NodeCost } from "./graph/cost.js";
export { type Facts, factsOf } from "./graph/facts.js";
export { GraphBuilder } from "./graph/graph.js";
export type {
  AffineOp,
  ConvOp,
  Graph,
  ImageForm,
  MatrixOp,
  MeetingOp,
  Node,
  Op,
  OpaqueOp,
  PerChannel,
  Value,
} from "./graph/op.js";
export { type PartialShape, type Shape, shapesOf } from "./graph/shapes.js";
export { partsReader, type StoredWeights, type Weights } from "./graph/weights.js";
export { type FileBytes, plainBytes } from "./io/binary/bytes.js";
export { FileArrays } from "./io/binary/file-arrays.js";
export { readNpy, writeNpy } from "./io/npy.js";
export { type NpzReadOptions, readNpz, writeNpz } from "./io/npz.js";
export { PickledObject, type PickledValue } from "./io/pickle/pickled.js";
export { type FindStateDictOptions, findStateDict } from "./io/pth/find-state-dict.js";
export { PthArrays, type PthReadOptions, readPth } from "./io/pth/pth.js";
export { readSafetensors, writeSafetensors } from "./io/safetensors.js";
export { type BootstrapOptions, type MedianInterval, medianInterval } from "./measure/bootstrap.js";
export { type Alternatives, compareTimes } from "./measure/compare-times.js";
export { type AsyncAlternatives, compareTimesAsync } from "./measure/compare-times-async.js";
export type { CompareTimesOptions, TimeComparison, TimedPair } from "./measure/timing-plan.js";
export { acBlock } from "./nn/blocks/ac.js";
export type { BlockOptions, DilatedBlockOptions, NormOptions } from "./nn/blocks/conv-bn.js";
export { diverseBranchBlock } from "./nn/blocks/diverse-branch.js";
export { type EdgeOrientedOptions, edgeOrientedBlock } from "./nn/blocks/edge-oriented.js";
export { dilatedKernelSizes, dilatedReparamBlock, largeKernelConv } from "./nn/blocks/large-kernel.js";
export { type MobileOneOptions, mobileOneBlock, mobileOneBranches } from "./nn/blocks/mobile-one.js";
export { qaRepVggBlock } from "./nn/blocks/qa-rep-vgg.js";
export { type RepGhostOptions, repGhostModule } from "./nn/blocks/rep-ghost.js";
export { repMixer } from "./nn/blocks/rep-mixer.js";
export { repVggBlock } from "./nn/blocks/rep-vgg.js";
export { type RepVitOptions, repVggDepthwise, repVitBlock, repVitDownsample } from "./nn/blocks/rep-vit.js";
export { squeezeExcitation } from "./nn/blocks/squeeze-excitation.js";
export { Composition, type CompositionOptions, type Wiring } from "./nn/composition.js";
export { type Cost, cost, type LayerCost } from "./nn/cost.js";
export { Layer, operationOf } from "./nn/layer.js";
export { Elementwise } from "./nn/layers/activation/elementwise.js";
export { ELU } from "./nn/layers/activation/elu.js";
export { GELU, type GELUOptions } from "./nn/layers/activation/gelu.js";
export { Hardsigmoid } from "./nn/layers/activation/hardsigmoid.js";
export { Hardswish } from "./nn/layers/activation/hardswish.js";
export { LeakyReLU } from "./nn/layers/activation/leaky-relu.js";
export { Mish } from "./nn/layers/activation/mish.js";
export { PReLU } from "./nn/layers/activation/prelu.js";
export { ReLU } from "./nn/layers/activation/relu.js";
export { ReLU6 } from "./nn/layers/activation/relu6.js";
export { Sigmoid } from "./nn/layers/activation/sigmoid.js";
export { SiLU } from "./nn/layers/activation/silu.js";
export { Softplus } from "./nn/layers/activation/softplus.js";
export { Tanh } from "./nn/layers/activation/tanh.js";
export { Concat } from "./nn/layers/concat.js";
export type { ConvTensors } from "./nn/layers/conv/conv-layer.js";
export { ConvTranspose1d, type ConvTranspose1dLayerOptions } from "./nn/layers/conv/conv-transpose1d.js";
export { ConvTranspose2d, type ConvTranspose2dLayerOptions } from "./nn/layers/conv/conv-transpose2d.js";
export { ConvTranspose3d, type ConvTranspose3dLayerOptions } from "./nn/layers/conv/conv-transpose3d.js";
export { Conv1d, type Conv1dLayerOptions } from "./nn/layers/conv/conv1d.js";
export { Conv2d, type Conv2dLayerOptions } from "./nn/layers/conv/conv2d.js";
export { Conv3d, type Conv3dLayerOptions } from "./nn/layers/conv/conv3d.js";
export { Dropout, DropPath } from "./nn/layers/dropout.js";
export { Flatten } from "./nn/layers/flatten.js";
export { Identity } from "./nn/layers/identity.js";
export { Linear, type LinearOptions } from "./nn/layers/linear.js";
export type { BatchNormLayerOptions } from "./nn/layers/norm/batch-norm.js";
export { BatchNorm1d } from "./nn/layers/norm/batch-norm1d.js";
export { BatchNorm2d } from "./nn/layers/norm/batch-norm2d.js";
export { BatchNorm3d } from "./nn/layers/norm/batch-norm3d.js";
export { LayerNorm, type LayerNormLayerOptions } from "./nn/layers/norm/layer-norm.js";
export { LayerNorm2d } from "./nn/layers/norm/layer-norm2d.js";
export { Pad2d } from "./nn/layers/pad2d.js";
export { PixelShuffle } from "./nn/layers/pixel-shuffle.js";
export { AdaptiveAvgPool1d } from "./nn/layers/pool/adaptive-avg-pool1d.js";
export { AdaptiveAvgPool2d } from "./nn/layers/pool/adaptive-avg-pool2d.js";
export { AdaptiveAvgPool3d } from "./nn/layers/pool/adaptive-avg-pool3d.js";
export { AvgPool1d } from "./nn/layers/pool/avg-pool1d.js";
export { AvgPool2d } from "./nn/layers/pool/avg-pool2d.js";
export { AvgPool3d } from "./nn/layers/pool/avg-pool3d.js";
export { MaxPool1d } from "./nn/layers/pool/max-pool1d.js";
export { MaxPool2d } from "./nn/layers/pool/max-pool2d.js";
export { MaxPool3d } from "./nn/layers/pool/max-pool3d.js";
export { Product } from "./nn/layers/product.js";
export { Scale } from "./nn/layers/scale.js";
export { Sequential } from "./nn/layers/sequential.js";
export { Sum } from "./nn/layers/sum.js";
export { Upsample } from "./nn/layers/upsample.js";
export { mapModules } from "./nn/map-modules.js";
export { Module, type NamedModules, type NamedTensors } from "./nn/module.js";
export { dbbResNet18 } from "./nn/networks/dbb-res-net18.js";
export { ecbsrM4C16 } from "./nn/networks/ecbsr-m4c16.js";
export { mobileOneS0 } from "./nn/networks/mobile-one-s0.js";
export { repVggA0 } from "./nn/networks/rep-vgg-a0.js";
export type { MisshapenTensor, StateMatch } from "./nn/state/match-state.js";
export {
  type LoadedState,
  type LoadStateDictOptions,
  loadStateDict,
  type StateDict,
  stateDict,
} from "./nn/state/state-dict.js";
export { perChannelValues } from "./ops/affine.js";
export { type BatchNormOptions, batchNorm } from "./ops/batch-norm.js";
export { cat } from "./ops/cat.js";
export type { ConvAxis } from "./ops/conv/conv-axis.js";
export type {
  Conv1dOptions,
  Conv2dOptions,
  Conv3dOptions,
  ConvOptions,
  Padding,
  Padding1d,
  Padding3d,
  PaddingMode,
  Sides,
} from "./ops/conv/conv-geometry.js";
export type {
  ConvTranspose1dOptions,
  ConvTranspose2dOptions,
  ConvTranspose3dOptions,
  ConvTransposeOptions,
} from "./ops/conv/conv-transpose-geometry.js";
export { convTranspose1d } from "./ops/conv/conv-transpose1d.js";
export { convTranspose2d } from "./ops/conv/conv-transpose2d.js";
export { convTranspose3d } from "./ops/conv/conv-transpose3d.js";
export { conv1d } from "./ops/conv/conv1d.js";
export { conv2d } from "./ops/conv/conv2d.js";
export { conv3d } from "./ops/conv/conv3d.js";
export { add, mul, relu, sub } from "./ops/elementwise.js";
export { type LayerNormOptions, layerNorm } from "./ops/layer-norm.js";
export { linear } from "./ops/linear.js";
export { type PadOptions, pad } from "./ops/pad.js";
export type { Single, Triple } from "./ops/per-axis.js";
export type { AdaptiveSize } from "./ops/pool/adaptive-avg-pool.js";
export { adaptiveAvgPool1d } from "./ops/pool/adaptive-avg-pool1d.js";
export { type AdaptivePair, adaptiveAvgPool2d } from "./ops/pool/adaptive-avg-pool2d.js";
export { type AdaptiveTriple, adaptiveAvgPool3d } from "./ops/pool/adaptive-avg-pool3d.js";
export type { AvgPoolOptions, DivisorOption } from "./ops/pool/avg-pool.js";
export { type AvgPool1dOptions, avgPool1d } from "./ops/pool/avg-pool1d.js";
export { type AvgPool2dOptions, avgPool2d } from "./ops/pool/avg-pool2d.js";
export { type AvgPool3dOptions, avgPool3d } from "./ops/pool/avg-pool3d.js";
export type { MaxPoolOptions } from "./ops/pool/max-pool.js";
export { type MaxPool1dOptions, maxPool1d } from "./ops/pool/max-pool1d.js";
export { type MaxPool2dOptions, maxPool2d } from "./ops/pool/max-pool2d.js";
export { type MaxPool3dOptions, maxPool3d } from "./ops/pool/max-pool3d.js";
export { type UpsampleOptions, upsample } from "./ops/upsample.js";
export { type CompileOptions, compile, Plan } from "./plan/plan.js";
export type { Rounding } from "./proof/evaluation/channelwise.js";
export { type GraphProof, proveGraphs } from "./proof/prove-graphs.js";
export type { Distance, Distances, Verification, VerifiedPart } from "./proof/verification.js";
export { type VerifyOptions, verifyFusion } from "./proof/verify-fusion.js";
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
export { copy } from "./tensor/layout.js";
export { toNested } from "./tensor/nested.js";
export { format } from "./tensor/show/format.js";
export type { StateArray, StateData } from "./tensor/state-array.js";
export { isTensor, type NestedNumbers, ones, type Tensor, tensor, zeros } from "./tensor/tensor.js";
export { toTensor } from "./tensor/to-tensor.js";
