import type { Call } from "../facts/call.js";
import type { Constant } from "./constant.js";

/**
 * Computes a node whose numbers are constants; undefined: they are not, or the rule does not cover this form.
 */
export type ConstantRule = (call: Call) => Constant | undefined;
