import type { Call } from "./call.js";
import type { Outcome } from "./fact.js";

/**
 * What a node of ONNX's own operators says of its outputs, one entry an output; fewer: of the others nothing
 * is known.
 */
export type OutcomeRule = (call: Call) => readonly Outcome[];
