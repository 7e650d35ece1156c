import type { Op } from "../graph/op.js";
import { resizeRank } from "../ops/resize-axis.js";
import { operationOf } from "./layer.js";
import type { Module } from "./module.js";

/**
 * The number of spatial axes of what a module gives, as its last layer that minds it says; undefined: nothing
 * says it.
 */
export function outputRank(module: Module): number | undefined {
  const op = operationOf(module);
  if (op !== undefined) return rankOf(op);
  for (const child of [...module.children().values()].reverse()) {
    const rank = outputRank(child);
    if (rank !== undefined) return rank;
  }
  return undefined;
}

/** The number of spatial axes that an operation gives; undefined: it does not say. */
export function rankOf(op: Op): number | undefined {
  switch (op.kind) {
    case "conv":
    case "window":
      return op.axes.length;
    case "adaptiveMean":
      return op.outputSize.length;
    case "pad":
      return op.sides.length;
    case "affine":
      return op.ranks?.length === 1 ? op.ranks[0] : undefined;
    case "resize":
      return resizeRank(op);
    case "shuffle":
      return 2;
    case "flatten":
      return 0;
    default:
      return undefined;
  }
}
