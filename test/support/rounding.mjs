/** Half the distance between neighbouring float32 numbers around 1: the relative error of one rounding. */
const unit = 2 ** -24;

/** The same of float64. */
const unit64 = 2 ** -53;

/** The distance between denormal float32 numbers: half of it is the absolute error of one rounding near zero. */
const tiniest = 2 ** -149;

/**
 * How far a sum of `terms` products may lie from the exact one when it is computed in float32, in whatever order and with or without
 * fused multiply-adds: gamma_n sum |x| |w|, with gamma_n = n u / (1 - n u), and an underflow for each product.
 * @param {number} terms how many products and other summands, e.g. in channels x kernel height x kernel width, and 1 for a bias
 * @param {number} magnitude the sum of their absolute values
 * @returns {number}
 * @see N. Higham, Accuracy and Stability of Numerical Algorithms, 2nd edition, section 3.1
 */
export function float32SumBound(terms, magnitude) {
  const n = terms + 1;
  return ((n * unit) / (1 - n * unit)) * magnitude + n * tiniest;
}

/**
 * The same where the sum is computed in float64 and rounded to float32 once.
 * @param {number} terms
 * @param {number} magnitude
 * @param {number} result the rounded sum
 * @returns {number}
 */
export function float64SumBound(terms, magnitude, result) {
  return unit * Math.abs(result) + 2 * terms * unit64 * magnitude + tiniest;
}
