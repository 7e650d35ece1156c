import type { Affine, ChannelAxis, PerChannel } from "../ops/affine.js";
import type { ConvAxis } from "../ops/conv/conv-axis.js";
import type { PaddingMode } from "../ops/conv/conv-geometry.js";
import type { Pooling } from "../ops/pool/pool.js";
import type { Resize } from "../ops/resize-axis.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Weights } from "./weights.js";

export type { ChannelAxis, PerChannel };

/**
 * One operation, as data: what a layer or a node of a file computes, without names and without shapes of its
 * input. Images are [batch, channels, ...spatial]; the rank of an operation is its number of spatial axes, 0
 * for features [batch, channels].
 */
export type Op<W extends Weights = Weights> =
  | IdentityOp
  | ConvOp<W>
  | AffineOp
  | MatrixOp<W>
  | WindowOp
  | AdaptiveMeanOp
  | PadOp
  | MapOp
  | SlopeOp<W>
  | FlattenOp
  | ShuffleOp
  | ResizeOp
  | NormOp<W>
  | AddOp
  | MultiplyOp
  | ConcatOp
  | OpaqueOp<W>;

/** out = x: Identity, Dropout in evaluation. */
export interface IdentityOp {
  readonly kind: "identity";
}

/** A convolution, or a transposed one: see `ConvAxis` for the maths. */
export interface ConvOp<W extends Weights = Weights> {
  /** Tells it from other operations. */
  readonly kind: "conv";
  /**
   * [out, in / groups, ...sizes]; where `transposed`, as PyTorch and ONNX store it:
   * [in, out / groups, ...sizes], taps unflipped.
   */
  readonly weight: W;
  /** [out] */
  readonly bias: W | undefined;
  /** Channels that it reads. */
  readonly inChannels: number;
  /** Channels that it gives. */
  readonly outChannels: number;
  /** Parts of the channels that do not meet. */
  readonly groups: number;
  /** Of the linear map, also where `transposed`. */
  readonly axes: readonly ConvAxis[];
  /** What lies outside of x. */
  readonly border: PaddingMode;
  /** True: a transposed convolution, whose weight is stored as one. */
  readonly transposed: boolean;
  /**
   * True: it stands for layers some of which take an image without its batch axis for something else, so it
   * refuses that. Left out: it takes images without their batch axis, too.
   */
  readonly batched?: true;
}

/**
 * out = (x + before) factor + after, each a number or one number a channel, in float64: batch normalisation,
 * scales, shifts.
 */
export interface AffineOp extends Affine {
  /** Tells it from other operations. */
  readonly kind: "affine";
}

/** out = x weightᵀ + bias on the last axis: Linear, Gemm, MatMul with a constant. */
export interface MatrixOp<W extends Weights = Weights> {
  /** Tells it from other operations. */
  readonly kind: "matrix";
  /** [out, in] */
  readonly weight: W;
  /** [out] */
  readonly bias: W | undefined;
  /** Numbers that it reads for each row. */
  readonly inFeatures: number;
  /** Numbers that it gives for each row. */
  readonly outFeatures: number;
  /**
   * 0: it reads [batch, features] (Gemm) or [features]; undefined: any axes may stand before the last one
   * (Linear, MatMul).
   */
  readonly rank: 0 | undefined;
}

/** The mean or the maximum of each window; `axes` have upsampling 1. */
export interface WindowOp extends Pooling {
  readonly kind: "window";
}

/**
 * The mean of windows that give this size, an entry an axis (undefined: as the input); all 1: global average
 * pooling.
 */
export interface AdaptiveMeanOp {
  readonly kind: "adaptiveMean";
  readonly outputSize: readonly (number | undefined)[];
}

/** Pixels added around the spatial axes; negative amounts cut off. */
export interface PadOp {
  readonly kind: "pad";
  readonly sides: readonly (readonly [before: number, after: number])[];
  readonly border: PaddingMode;
  /** What border "zeros" puts there. */
  readonly value: number;
}

/** out = of(x), element by element, not linear: ReLU, Sigmoid, SiLU, ... */
export interface MapOp {
  readonly kind: "map";
  readonly name: string;
  readonly of: (x: number) => number;
  /** The largest slope anywhere: how much an error in x can grow. */
  readonly steepest: number;
}

/** out = x where x > 0, weight[c] x elsewhere: PReLU. */
export interface SlopeOp<W extends Weights = Weights> {
  readonly kind: "slope";
  /** [channels] */
  readonly weight: W;
}

/** [batch, ...] to [batch, features]. */
export interface FlattenOp {
  readonly kind: "flatten";
  /**
   * True: an image may come without its batch axis; its channels are taken for the batch then. Left out: it
   * has one.
   */
  readonly unbatched?: true;
  /**
   * All that it takes: batches of images of so many channels and spatial axes, since it stands before layers
   * that are behind it now. Left out: whatever there is.
   */
  readonly images?: ImageForm;
}

/** How many channels and spatial axes an image has. */
export interface ImageForm {
  /** The size of axis 1. */
  readonly channels: number;
  /** The number of axes behind it. */
  readonly rank: number;
}

/** Channels into pixels: PixelShuffle. */
export interface ShuffleOp {
  readonly kind: "shuffle";
  readonly factor: number;
}

/** Another size on each spatial axis: pixels repeated, or values between neighbours. */
export interface ResizeOp extends Resize {
  readonly kind: "resize";
}

/** Layer normalisation: by mean and variance over the channels of each place. */
export interface NormOp<W extends Weights = Weights> {
  readonly kind: "norm";
  readonly axis: ChannelAxis;
  readonly channels: number;
  readonly eps: number;
  /** [channels] */
  readonly weight: W | undefined;
  /** [channels] */
  readonly bias: W | undefined;
}

/** The sum of its inputs, two or more (one: that one), all of one shape: nothing is broadcast. */
export interface AddOp {
  readonly kind: "add";
}

/** The product of its inputs, which may broadcast. */
export interface MultiplyOp {
  readonly kind: "multiply";
}

/** Its inputs side by side along the channels (axis 1). */
export interface ConcatOp {
  readonly kind: "concat";
  /**
   * The number of spatial axes, where something says it. Left out: three axes are an image without its batch,
   * [channels, height, width].
   */
  readonly rank?: number;
  /** True: nothing comes without its batch axis, whatever its number of axes. */
  readonly batched?: true;
}

/** The axis that holds the channels of a value: 1, or 0 of an image without its batch axis. */
export function concatAxis({ rank, batched }: ConcatOp, axes: number): number {
  return batched !== true && axes - 1 === (rank ?? 2) ? 0 : 1;
}

/**
 * Whether it joins the channels of batches of this number of spatial axes. Signals, [batch, channels, width],
 * are three axes: without a word about them they are joined as images without their batch are.
 */
export function joinsChannels(op: ConcatOp, rank: number | undefined): boolean {
  return rank === undefined || concatAxis(op, rank + 2) === 1;
}

/** What may stand where the wires of a composition meet. */
export type MeetingOp = AddOp | MultiplyOp | ConcatOp;

/** Anything else: any number of inputs and outputs. */
export interface OpaqueOp<W extends Weights = Weights> {
  /** Tells it from other operations. */
  readonly kind: "opaque";
  /** What a reader of a report knows it by: a layer's class, a node's type. */
  readonly name: string;
  /** Why nothing is known of it. */
  readonly reason: string;
  /** The graphs of what it is made of, which are fused each by itself. */
  readonly children: readonly Graph<W>[];
  /** How it is computed of its one input, where it is a layer that can say so. */
  readonly run?: (x: Tensor) => Tensor;
}

/**
 * A tensor that flows through a graph. Two values are the same if they are the same object; the name is for
 * readers.
 */
export interface Value {
  /** For readers; two values may have the same one. */
  readonly name: string;
}

/** One operation at its place. */
export interface Node<W extends Weights = Weights> {
  /** What it computes. */
  readonly op: Op<W>;
  /** What it reads, in the operation's order. */
  readonly inputs: readonly Value[];
  /** One, but for what is opaque. */
  readonly outputs: readonly Value[];
  /** What the place is called: a module's dotted name, the name of a node in a file. */
  readonly path: string;
}

/** A network without shapes: what is computed from what. */
export interface Graph<W extends Weights = Weights> {
  /** What a caller gives, in order. */
  readonly inputs: readonly Value[];
  /** In an order that can be run: each reads what stands before it. */
  readonly nodes: readonly Node<W>[];
  /** What a caller gets, in order. */
  readonly outputs: readonly Value[];
}

export type OpKind = Op["kind"];

/** The operation of a kind. */
export type OpOf<K extends OpKind, W extends Weights = Weights> = Extract<Op<W>, { readonly kind: K }>;

/** A total table: a row for every kind of operation, or it does not compile. */
export type Rules<Rest extends readonly unknown[], Result> = {
  readonly [K in OpKind]: (op: OpOf<K>, ...rest: Rest) => Result;
};

/** Looks the operation up in a table and calls its row. */
export function applyRule<Rest extends readonly unknown[], Result>(
  rules: Rules<Rest, Result>,
  op: Op,
  ...rest: Rest
): Result {
  const rule = rules[op.kind] as (op: Op, ...rest: Rest) => Result;
  return rule(op, ...rest);
}

/** What a reader calls an operation: the name of a map or of something opaque, else its kind. */
export function opName(op: Op): string {
  return op.kind === "map" || op.kind === "opaque" ? op.name : op.kind;
}
