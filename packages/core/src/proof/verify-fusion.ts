import { checkOptions, type OptionNames, whole } from "../checks.js";
import { ArgumentError } from "../errors.js";
import { assertModule, type Module } from "../nn/module.js";
import { checkedSize } from "../tensor/tensor.js";
import { Tally } from "./make-verification.js";
import { sharedTraining } from "./training.js";
import { trialInputs } from "./trial-inputs.js";
import type { Verification } from "./verification.js";

/** The options of {@link verifyFusion}. */
export interface VerifyOptions {
  /** The shape of the inputs, e.g. [1, 2, 9, 9]. */
  readonly inputShape: readonly number[];
  /** How many random inputs; the edge cases come on top. Default 10. */
  readonly trials?: number;
  /** Of the random inputs; the global generator is left alone. Default 0. */
  readonly seed?: number;
}

const verifyOptionNames: OptionNames<VerifyOptions> = { inputShape: true, trials: true, seed: true };

/**
 * Runs a module and its fused form on the same inputs and says whether they differ by no more than float32
 * rounding explains.
 *
 * Inputs: `trials` normal ones, zeros, ones, single pixels in the corners, a lone border, and normal ones
 * times 2^20. Both sides are run with the reference engine, which sums in float64, so that the verdict is
 * about the fusion and not about an engine's sums. The bound is computed for every output, not chosen: a
 * running error analysis of both sides, in which every layer rounds its outputs to float32 and every fused
 * weight has been rounded once. Through many layers such a bound grows far beyond what happens, so each
 * replaced subtree is compared by itself, on the inputs that it meets in the network; all else is the same
 * object on both sides.
 *
 * `maxAbsDiff` and `maxUlp` of the whole are of the engine in use, whose sums may round too; see
 * {@link Verification} for both distances to the float64 evaluation.
 *
 * @param before the module as it was
 * @param after what `fuse` made of it
 * @param options inputShape, trials, seed; see {@link VerifyOptions}
 * @returns the verdict with its numbers
 * @throws {ArgumentError} if trials or seed is outside its domain, or one side alone has a layer in training
 *   mode
 * @throws {ShapeError} if `before` does not accept the input shape
 * @see N. Higham, Accuracy and Stability of Numerical Algorithms, chapter 3
 * @example
 * const block = new Sum([new Conv2d(2, 2, 3, { padding: 1 }), new Identity()]);
 * const { module } = fuse(block);
 * verifyFusion(block, module, { inputShape: [1, 2, 9, 9], trials: 20, seed: 0 }).ok; // true
 */
export function verifyFusion(before: Module, after: Module, options: VerifyOptions): Verification {
  assertModule("verifyFusion", "before", before);
  assertModule("verifyFusion", "after", after);
  checkOptions("verifyFusion", options, verifyOptionNames);
  const { inputShape, trials = 10, seed = 0 } = options;
  checkedSize("verifyFusion", inputShape);
  whole("verifyFusion", "trials", trials, 0);
  if (!Number.isSafeInteger(seed))
    throw new ArgumentError("verifyFusion", "seed must be a whole number", { seed });
  const training = sharedTraining(before, after);
  const tally = new Tally();
  const { ordinary, large } = trialInputs(inputShape, trials, seed);
  for (const x of ordinary) tally.add(before, after, x, true);
  for (const x of large) tally.add(before, after, x, false);
  return tally.verdict(ordinary.length + large.length, training);
}
