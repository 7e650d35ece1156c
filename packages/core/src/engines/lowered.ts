import type { Tensor } from "../tensor/tensor.js";
import type { ConvGeometry } from "./geometry.js";

/**
 * A network as an engine compiles it: few kinds of nodes, every shape known, weights as numbers. `plan/`
 * makes it and folds into each other what an engine computes at once; how values lie in memory is the
 * engine's business. An engine has to compute convolutions and scales; every other kind it may call.
 */
export interface LoweredGraph {
  readonly input: LoweredValue;
  readonly output: LoweredValue;
  /** Each after those that it reads. */
  readonly nodes: readonly LoweredNode[];
}

/**
 * A tensor that flows between nodes: [batch, channels, ...spatial] with at most three spatial axes;
 * [batch, features].
 */
export interface LoweredValue {
  readonly shape: readonly number[];
}

/** Numbers in float64 where something was folded in, so that they are rounded once. */
export type Numbers = Float32Array | Float64Array;

interface Placed {
  /** The dotted name of the layer in the module's tree. */
  readonly path: string;
  /** What is done, for a reader: "Conv2d", "BatchNorm2d + ReLU", ... */
  readonly label: string;
  readonly out: LoweredValue;
}

/** What has a computation of its own: whoever has nothing faster calls it, on row-major tensors. */
interface Callable extends Placed {
  readonly inputs: readonly LoweredValue[];
  readonly call: (inputs: readonly Tensor[]) => Tensor;
}

/** What is done to sums at their end: + residual, and not below 0 where `relu`. */
export interface Finished {
  /** What is added to the sums, of the output's shape; undefined: nothing. */
  readonly residual: LoweredValue | undefined;
  readonly relu: boolean;
}

/** out = conv(x) + bias + residual. */
export interface LoweredConv extends Placed, Finished {
  readonly kind: "conv";
  readonly x: LoweredValue;
  /**
   * Of at most three axes; none: a matrix product. Never `transposed`: the weight is in the output's order.
   */
  readonly geometry: ConvGeometry;
  /** [out channels, in channels / groups, ...sizes] */
  readonly weight: Numbers;
  /** [out channels] */
  readonly bias: Numbers | undefined;
}

/** out = x scale + shift + residual, a number a channel. */
export interface LoweredScale extends Placed, Finished {
  readonly kind: "scale";
  readonly x: LoweredValue;
  /** [channels]; undefined: 1. */
  readonly scale: Float64Array | undefined;
  /** [channels]; undefined: 0. */
  readonly shift: Float64Array | undefined;
}

/**
 * What one window of a pooling covers of an axis: `count` entries from `first` on, `step` apart, all of them
 * x's.
 */
export interface WindowSpan {
  readonly first: number;
  readonly count: number;
  readonly step: number;
  /** The mean's share of this axis: it divides by the product of all axes' lengths. */
  readonly length: number;
}

/** out = the maximum or the mean of its one input in every window. */
export interface LoweredWindow extends Callable {
  readonly kind: "window";
  readonly reduce: "mean" | "max";
  /** For each spatial axis its windows, one an entry of the output. */
  readonly windows: readonly (readonly WindowSpan[])[];
}

/** Every input's channels, one input after the other. */
export interface LoweredConcat extends Callable {
  readonly kind: "concat";
}

/** out = its one input in another shape: the same numbers in the same row-major order. */
export interface LoweredReshape extends Callable {
  readonly kind: "reshape";
}

/** What has no rule of its own. */
export interface LoweredCall extends Callable {
  readonly kind: "call";
}

export type LoweredNode =
  | LoweredConv
  | LoweredScale
  | LoweredWindow
  | LoweredConcat
  | LoweredReshape
  | LoweredCall;

/** The values that a node reads. */
export function inputsOf(node: LoweredNode): readonly LoweredValue[] {
  if (node.kind !== "conv" && node.kind !== "scale") return node.inputs;
  return node.residual === undefined ? [node.x] : [node.x, node.residual];
}
