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
import type { Wide } from "./wide.js";

/**
 * One operation in float64, as its definition reads; beside each value the most by which a layer that sums in float64, with weights rounded
 * to float32 once and outputs rounded to float32, can be off, given how far off its inputs are.
 * @throws {ShapeError} if the inputs do not fit
 * @throws {ArgumentError} for what is opaque: nothing is known of it
 * @see N. Higham, Accuracy and Stability of Numerical Algorithms, section 3.3
 */
export function evaluateOp(op: Op, inputs: readonly Wide[]): Wide {
  return applyRule(rules, op, inputs);
}

/** A rule for what reads one value. */
function ofOne<Kind>(evaluate: (op: Kind, x: Wide) => Wide): (op: Kind, inputs: readonly Wide[]) => Wide {
  return (op, [x]) => evaluate(op, x as Wide);
}

const rules: Rules<[inputs: readonly Wide[]], Wide> = {
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
  add: (_op, inputs) => evaluateAdd(inputs),
  multiply: (op, inputs) => evaluateMultiply(op, inputs),
  concat: (op, inputs) => evaluateConcat(op, inputs),
  opaque: (op) => {
    throw new ArgumentError("evaluate", `nothing is known of ${op.name}: ${op.reason}`);
  },
};
