import type { Call } from "../facts/call.js";
import type { Outcome } from "../facts/fact.js";
import { affine } from "./affine.js";
import { convolution } from "./convolution.js";
import { matrix } from "./matrix.js";
import { passingOn } from "./passing.js";
import { type Conversion, type ConversionRule, refused } from "./rule.js";
import { windows } from "./windows.js";

const rules: ReadonlyMap<string, ConversionRule> = new Map([
  ...Object.entries(convolution),
  ...Object.entries(affine),
  ...Object.entries(windows),
  ...Object.entries(matrix),
  ...Object.entries(passingOn),
]);

/** What a node of ONNX's own operators computes, or why nothing is said of it. */
export function convert(call: Call, outcome: Outcome): Conversion {
  const rule = rules.get(call.type);
  return rule === undefined ? refused("it is no linear map that is known") : rule(call, outcome);
}
