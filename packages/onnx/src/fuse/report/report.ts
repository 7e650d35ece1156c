/** What a network holds and does. */
export interface OnnxTotals {
  /** In the graph and in all bodies. */
  readonly nodes: number;
  /** Conv and ConvTranspose nodes. */
  readonly convolutions: number;
  /** BatchNormalization nodes. */
  readonly norms: number;
  /** Numbers in float tensors that the file holds. */
  readonly parameters: number;
  /** Of the file, with the files beside it. */
  readonly bytes: number;
  /**
   * Of convolutions and matrix products, those of activations too, at `inputShapes` or at the sizes that the
   * file fixes; undefined: sizes are missing.
   */
  readonly multiplyAdds: number | undefined;
  /**
   * Types of operators that multiply, too, and are not in that number: graphs in attributes, recurrent and
   * quantized layers, operators that are not ONNX's own, products of matrices whose sizes are not known.
   */
  readonly notCounted: readonly string[];
}

/** Least and largest of some weights. */
export interface OnnxWeightRange {
  /** The smallest. */
  readonly min: number;
  /** The largest. */
  readonly max: number;
}

/** One value that is computed in another way. */
export interface OnnxRegion {
  /** The value that the region gives. */
  readonly output: string;
  /** Names of the nodes that are gone (of one without a name: what it gives), in the file's order. */
  readonly nodes: readonly string[];
  /** What stands for them: types of operators, e.g. ["Conv"]. */
  readonly becomes: readonly string[];
  /** How many numbers its weights and biases are. */
  readonly parameters: { readonly before: number; readonly after: number };
  /** Their range, biases not counted: what quantization has to cover. */
  readonly weights: { readonly before: OnnxWeightRange; readonly after: OnnxWeightRange };
  /** True: branches were added or put side by side in it. */
  readonly joinsBranches: boolean;
  /** True: exact at the given sizes only. */
  readonly atGivenSizes: boolean;
  /** The largest part of its error bound that the proof met, at most 1; undefined: not verified. */
  readonly worstRatio: number | undefined;
}

/** A place where nothing was fused, and why. */
export interface OnnxRefusal {
  /** The node's name; of one without: what it gives. */
  readonly path: string;
  /** The operator's type. */
  readonly type: string;
  /** Why, in a sentence's part for people. */
  readonly reason: string;
}

/** What {@link fuseOnnx} did. */
export interface OnnxReport {
  /** Of the file that was read. */
  readonly before: OnnxTotals;
  /** Of the file that comes out. */
  readonly after: OnnxTotals;
  /** What is computed in another way, in the file's order. */
  readonly regions: readonly OnnxRegion[];
  /** What stays, and why. */
  readonly refusals: readonly OnnxRefusal[];
  /** Regions that were put back: their proof failed, or a weight would not be finite. */
  readonly putBack: readonly OnnxRefusal[];
  /** The report in words. */
  toString(): string;
}
