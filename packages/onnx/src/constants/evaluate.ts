import type { Call } from "../facts/call.js";
import { arithmetic } from "./arithmetic.js";
import { type Constant, sizeOf } from "./constant.js";
import { making } from "./making.js";
import { moving } from "./moving.js";
import { reducing } from "./reducing.js";
import type { ConstantRule } from "./rule.js";

const rules: ReadonlyMap<string, ConstantRule> = new Map([
  ...Object.entries(making),
  ...Object.entries(moving),
  ...Object.entries(arithmetic),
  ...Object.entries(reducing),
]);

/**
 * The constant that a node of ONNX's own operators gives, if it gives one; its numbers are computed when
 * somebody asks. Quantised weights are none: what stands behind DequantizeLinear stays what it is.
 */
export function evaluateConstant(call: Call): Constant | undefined {
  const constant = rules.get(call.type)?.(call);
  // A file may ask for any shape; nothing larger than its own tensors is made.
  return constant !== undefined && sizeOf(constant.shape) <= call.mostElements ? constant : undefined;
}
