import type { Node, Replacement, Value } from "@convfuse/core";
import { isNorm } from "./form.js";

/** Operators that stood where new nodes are to stand, so that a runtime of the file has them. */
export interface Stood {
  /** A norm: factors and shifts are one again, instead of a Mul and an Add. */
  readonly norm: boolean;
  /** A Sum of three values or more: a sum is one again, instead of an Add for each value. */
  readonly longSum: boolean;
}

/** @param producers who makes each value that the replacement reads */
export function stoodIn(
  { nodes, terms }: Pick<Replacement, "nodes" | "terms">,
  producers: ReadonlyMap<Value, Node>,
): Stood {
  return {
    // A norm of tokens would go into their matrix as soon as the file is fused once more.
    norm: nodes.some(isNorm) && !terms.some(({ base }) => areTokens(base, producers)),
    longSum: nodes.some(({ op, inputs }) => op.kind === "add" && inputs.length > 2),
  };
}

/** True for what a matrix on tokens gave, moved. */
function areTokens(value: Value, producers: ReadonlyMap<Value, Node>): boolean {
  const move = producers.get(value);
  const layer = move?.inputs[0] && producers.get(move.inputs[0]);
  return isOne(move, ["Transpose", "Reshape", "Flatten"]) && isOne(layer, ["MatMul", "Add"]);
}

function isOne(node: Node | undefined, names: readonly string[]): boolean {
  return node?.op.kind === "opaque" && names.includes(node.op.name);
}
