import ndarray from "ndarray";
import { ShapeError } from "../../errors.js";
import { float64 } from "../../tensor/allocate.js";
import { rowMajorData } from "../../tensor/layout.js";
import type { Tensor } from "../../tensor/tensor.js";

/**
 * Values in float64, and a bound on the distance from each of them to its float32 result, where every layer
 * sums in float64 and rounds once.
 */
export interface Wide {
  readonly shape: readonly number[];
  /** row-major */
  readonly values: Float64Array;
  /** row-major, not negative; `Infinity` where nothing is known */
  readonly errors: Float64Array;
}

/** How what is computed is rounded on the way, in the network that an evaluation speaks for. */
export interface Arithmetic {
  /** The largest relative error of n roundings, one after the other: n u / (1 - n u). */
  readonly gamma: (n: number) => number;
  /**
   * The largest error of a sum of `terms` products in float64, its weights and its result rounded, relative
   * to the sum of their magnitudes.
   */
  readonly roundedSum: (terms: number) => number;
  /** The least number above zero: what underflow can cost. */
  readonly smallest: number;
}

/**
 * Layers that sum in float64, whose weights and results are rounded to float32.
 * @see N. Higham, Accuracy and Stability of Numerical Algorithms, lemma 3.1
 */
export const float32Layers: Arithmetic = arithmetic(2 ** -24, 2 ** -149);

/** Nothing is rounded but to float64. */
export const float64Throughout: Arithmetic = arithmetic(2 ** -53, Number.MIN_VALUE);

function arithmetic(unitRoundoff: number, smallest: number): Arithmetic {
  const gamma = (n: number): number => (n * unitRoundoff) / (1 - n * unitRoundoff);
  return { gamma, roundedSum: (terms) => gamma(2) + (terms + 2) * 2 ** -52, smallest };
}

/** A float32 tensor, widened: exact. */
export function widened(x: Tensor): Wide {
  const values = new Float64Array(rowMajorData(x));
  return { shape: [...x.shape], values, errors: new Float64Array(values.length) };
}

/** The values rounded to float32. */
export function narrowed(x: Wide): Tensor {
  return ndarray(new Float32Array(x.values), [...x.shape]);
}

/** Zeros of a shape, to be filled. */
export function wideZeros(shape: readonly number[]): Wide {
  return { shape, values: float64("evaluate", shape), errors: float64("evaluate", shape) };
}

/**
 * The same with a batch axis, [batch, channels, ...spatial], where x may have none.
 * @param rank the number of spatial axes
 */
export function batched(x: Wide, rank: number): Wide {
  if (x.shape.length === rank + 2) return x;
  if (x.shape.length === rank + 1 && rank > 0) return { ...x, shape: [1, ...x.shape] };
  throw new ShapeError("evaluate", `x must have ${rank} axes behind its channels`, {
    "x.shape": [...x.shape],
  });
}

/** The result without the batch axis, where x had none. */
export function likeGiven(x: Wide, out: Wide, rank: number): Wide {
  return x.shape.length === rank + 2 ? out : { ...out, shape: out.shape.slice(1) };
}
