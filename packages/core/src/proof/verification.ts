/** How far one side is from the float64 evaluation of the original. */
export interface Distance {
  /** The median over all outputs. */
  readonly median: number;
  /** The largest of all outputs. */
  readonly max: number;
}

/** Both sides' distances, as one way of computing has them. */
export interface Distances {
  /** The original's outputs. */
  readonly before: Distance;
  /** The fused outputs, from the float64 evaluation of the original. */
  readonly after: Distance;
}

/**
 * One subtree that the fusion replaced, compared on the inputs that it meets, every layer summing in float64
 * and rounding once.
 */
export interface VerifiedPart {
  /** Its dotted name; "" for the whole. */
  readonly path: string;
  /** The largest |before - after|, the inputs times 2^20 left out. */
  readonly maxAbsDiff: number;
  /**
   * The bound on |before - after| at the output that uses most of its bound; `Infinity` where a layer's
   * rounding is not known.
   */
  readonly bound: number;
  /** |before - after| / bound there; at most 1 if all is well. */
  readonly worstRatio: number;
}

/** The verdict of {@link verifyFusion}; `String(verification)` says it in words. */
export interface Verification {
  /**
   * True if every output of every replaced subtree is within its bound, and the whole gives the same shape.
   */
  readonly ok: boolean;
  /** Inputs tried: random ones and edge cases. */
  readonly inputs: number;
  /** The largest |before - after| of the whole with the engine in use, the inputs times 2^20 left out. */
  readonly maxAbsDiff: number;
  /** The same in units in the last place; large where outputs cancel to nearly zero. */
  readonly maxUlp: number;
  /** The replaced subtree, and in it the output, that uses most of its bound. */
  readonly worst: VerifiedPart;
  /** The replaced subtrees, each against its own bound. */
  readonly parts: readonly VerifiedPart[];
  /**
   * The dotted names of layers in training mode: the same ones on both sides, since none of them can be
   * fused.
   */
  readonly training: readonly string[];
  /**
   * The original's distance where each layer sums in float64 and rounds once, to float32: what rounding
   * weights and layers costs.
   */
  readonly before: Distance;
  /**
   * The same of the fused one. Fewer layers round, but its weights have been rounded once more, and that
   * error is the same at every pixel: it does not average out as the roundings of outputs do. With several
   * branches and small images the fused one is mostly nearer; a lone convolution with its norm, or a network
   * on a large image, can be the farther one in the median.
   */
  readonly after: Distance;
  /** Which side is nearer to the float64 evaluation, by these medians. */
  readonly nearer: "before" | "after" | "neither";
  /**
   * Both distances with the engine in use. Where that sums in float32, its own rounding is most of them: it
   * grows with the partial sums, so one long sum may be farther than the branches that it stands for.
   */
  readonly inUse: Distances & { readonly engine: string };
  /** The verdict in words. */
  toString(): string;
}
