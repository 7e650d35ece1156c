import type { Node } from "../../graph/graph.js";
import type { PerChannel } from "../../graph/op.js";
import { float64, type Weights } from "../../graph/weights.js";

/**
 * Whether a node has numbers that are not finite: it stays as it is, and what is around it may still be
 * fused.
 */
export function isSpoiled({ op }: Node): boolean {
  switch (op.kind) {
    case "conv":
    case "matrix":
      return !areFinite(op.weight) || !areFinite(op.bias);
    case "affine":
      return !areFinite(op.before) || !areFinite(op.factor) || !areFinite(op.after);
    default:
      return false;
  }
}

function areFinite(weights: Weights | PerChannel | undefined): boolean {
  if (weights === undefined) return true;
  if (typeof weights === "number") return Number.isFinite(weights);
  return (weights instanceof Float64Array ? weights : float64(weights)).every(Number.isFinite);
}
