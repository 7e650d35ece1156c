import type { Call } from "./call.js";
import type { Outcome } from "./fact.js";
import type { OutcomeRule } from "./outcome-rule.js";
import { mixing } from "./outcomes-mixing.js";
import { moving } from "./outcomes-moving.js";
import { pointwise } from "./outcomes-pointwise.js";
import { spatial } from "./outcomes-spatial.js";

const rules: ReadonlyMap<string, OutcomeRule> = new Map([
  ...Object.entries(pointwise),
  ...Object.entries(spatial),
  ...Object.entries(mixing),
  ...Object.entries(moving),
]);

/** The element types and shapes of a node's outputs as far as its operator decides about them. */
export function outcomesOf(call: Call): readonly Outcome[] {
  return rules.get(call.type)?.(call) ?? [];
}
