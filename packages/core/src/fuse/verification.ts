/** How far one side is from the float64 evaluation of the original. */
export interface Distance {
  readonly median: number;
  readonly max: number;
}

/** One subtree that the fusion replaced, compared on the inputs that it meets. */
export interface VerifiedPart {
  /** Its dotted name; "" for the whole. */
  readonly path: string;
  /** The largest |before - after|, the inputs times 2^20 left out. */
  readonly maxAbsDiff: number;
  /** The bound on |before - after| at the output that uses most of its bound; `Infinity` where a layer's rounding is not known. */
  readonly bound: number;
  /** |before - after| / bound there; at most 1 if all is well. */
  readonly worstRatio: number;
}

/** The verdict of {@link verifyFusion}; `String(verification)` says it in words. */
export interface Verification {
  /** True if every output of every replaced subtree is within its bound, and the whole gives the same shape. */
  readonly ok: boolean;
  /** Inputs tried: random ones and edge cases. */
  readonly inputs: number;
  /** The largest |before - after| of the whole, the inputs times 2^20 left out. */
  readonly maxAbsDiff: number;
  /** The same in units in the last place; large where outputs cancel to nearly zero. */
  readonly maxUlp: number;
  /** The replaced subtree, and in it the output, that uses most of its bound. */
  readonly worst: VerifiedPart;
  /** The replaced subtrees, each against its own bound. */
  readonly parts: readonly VerifiedPart[];
  /** How far the original's float32 outputs are from its float64 evaluation. */
  readonly before: Distance;
  /** How far the fused outputs are from the float64 evaluation of the original. */
  readonly after: Distance;
  /** Which side is nearer to the float64 evaluation, by the median. */
  readonly nearer: "before" | "after" | "neither";
  toString(): string;
}
