import { ArgumentError } from "../../errors.js";
import { applyRule, type Op, type Rules } from "../../graph/op.js";
import {
  evaluateAffine,
  evaluateMap,
  evaluateMatrix,
  evaluateNorm,
  evaluateSlope,
} from "./evaluate-channels.js";
import { evaluateConv } from "./evaluate-conv.js";
import { evaluateAdd, evaluateConcat, evaluateMultiply } from "./evaluate-meetings.js";
import { evaluateFlatten, evaluatePad, evaluateResize, evaluateShuffle } from "./evaluate-places.js";
import { evaluateAdaptiveMean, evaluateWindow } from "./evaluate-windows.js";
import type { Arithmetic, Wide } from "./wide.js";

/**
 * One operation in float64, as its definition reads; beside each value the most by which a network that
 * computes in `arithmetic` can be off, given how far off the operation's inputs are.
 * @throws {ShapeError} if the inputs do not fit
 * @throws {ArgumentError} for what is opaque: nothing is known of it
 * @see N. Higham, Accuracy and Stability of Numerical Algorithms, section 3.3
 */
export function evaluateOp(op: Op, inputs: readonly Wide[], arithmetic: Arithmetic): Wide {
  return applyRule(rules, op, inputs, arithmetic);
}

/** A rule for what reads one value. */
function ofOne<Kind>(
  evaluate: (op: Kind, x: Wide, arithmetic: Arithmetic) => Wide,
): (op: Kind, inputs: readonly Wide[], arithmetic: Arithmetic) => Wide {
  return (op, [x], arithmetic) => evaluate(op, x as Wide, arithmetic);
}

const rules: Rules<[inputs: readonly Wide[], arithmetic: Arithmetic], Wide> = {
  identity: (_op, [x]) => x as Wide,
  conv: ofOne(evaluateConv),
  affine: ofOne(evaluateAffine),
  matrix: ofOne(evaluateMatrix),
  window: ofOne(evaluateWindow),
  adaptiveMean: ofOne(evaluateAdaptiveMean),
  pad: ofOne(evaluatePad),
  map: ofOne(evaluateMap),
  slope: ofOne(evaluateSlope),
  flatten: ofOne(evaluateFlatten),
  shuffle: ofOne(evaluateShuffle),
  resize: ofOne(evaluateResize),
  norm: ofOne(evaluateNorm),
  add: (_op, inputs, arithmetic) => evaluateAdd(inputs, arithmetic),
  multiply: evaluateMultiply,
  concat: evaluateConcat,
  opaque: (op) => {
    throw new ArgumentError("evaluate", `nothing is known of ${op.name}: ${op.reason}`);
  },
};
