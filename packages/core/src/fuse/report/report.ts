import type { Refusal, WeightRange } from "./notes.js";

/** What modules hold, and what they do with one input where the report was given its shape. */
export interface Totals {
  /** Learnable values. */
  readonly parameters: number;
  /** Values that are not learned: running statistics. */
  readonly buffers: number;
  /** Bytes of both, four a value. */
  readonly weightBytes: number;
  /** Layers that do something: all but containers of a sequence and `Identity`. */
  readonly layers: number;
  /** Multiply-accumulates of convolutions and linear layers; undefined without an input shape. */
  readonly macs: number | undefined;
  /** Bytes read and written between layers; undefined without an input shape. */
  readonly activationBytes: number | undefined;
}

/** A subtree that became one layer. */
export interface FusedSubtree {
  /** The dotted name of the layer that stands there now; "" for the whole. */
  readonly path: string;
  /** The dotted names of what it stands for. */
  readonly sources: readonly string[];
  /** Of what stood there. */
  readonly before: Totals;
  /** Of the one layer. */
  readonly after: Totals;
  /** The weights' range before: of each branch of a sum, folded, and of each convolution elsewhere. */
  readonly rangesBefore: readonly WeightRange[];
  /** The weights' range of the one layer: what quantization has to cover. */
  readonly rangeAfter: WeightRange;
  /** True: exact at the given input shape only. */
  readonly atGivenSizes: boolean;
}

/** What {@link fuse} did and did not do; `String(report)` is a table. */
export interface FusionReport {
  /** The shape that `fuse` was given; undefined: none. */
  readonly inputShape: readonly number[] | undefined;
  /** Of the module that was given. */
  readonly before: Totals;
  /** Of the module that came out. */
  readonly after: Totals;
  /** What became one layer, in the tree's order. */
  readonly fused: readonly FusedSubtree[];
  /** What stays, and why, in the tree's order. */
  readonly refused: readonly Refusal[];
  /** The report as a table, and what was refused with its reasons. */
  toString(): string;
}
