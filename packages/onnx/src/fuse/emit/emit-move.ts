import type { WrittenMove } from "../../convert/rule.js";
import type { Emitted } from "./new-nodes.js";
import { integers, operation, type Site } from "./site.js";

/** Makes the node that moves what a node of the file gave moved, where only the rest of it was folded. */
export function emitMove(
  move: WrittenMove,
  inputs: readonly string[],
  output: string,
  path: string,
  site: Site,
): Emitted {
  if ("perm" in move) {
    const { perm } = move;
    return { operations: [operation("Transpose", inputs, output, path, site, { perm })], tensors: [] };
  }
  const target = integers(move.target, `${path}.fused.shape`, site);
  return {
    operations: [operation("Reshape", [...inputs, target.name], output, path, site)],
    tensors: [target],
  };
}
