import type { Node, Replacement, Value } from "@convfuse/core";
import type { SourceNode } from "../../model/graph.js";
import { isDiagonal } from "./form.js";
import { stoodIn } from "./stood.js";

/**
 * False for what would be no less to compute: scales and shifts that are scales and shifts again, and pools,
 * joins or sums that no convolution takes in, since runtimes compute them faster than a convolution that does
 * the same.
 * @param producers who makes each value of the graph
 * @param originOf the node of the file that an operation is a part of; undefined: it is new
 */
export function isWorthwhile(
  replacement: Replacement,
  producers: ReadonlyMap<Value, Node>,
  originOf: (node: Node) => SourceNode | undefined,
): boolean {
  const { nodes, terms, rewired, output } = replacement;
  const removed = nodes.filter(({ op }) => op.kind !== "identity");
  const products = removed.filter(({ op }) => op.kind === "conv" || op.kind === "matrix");
  const added = terms.flatMap(({ convolution }) => (convolution === undefined ? [] : [convolution]));
  const convolutions = added.filter(({ form }) => !isDiagonal(form)).length;
  if (convolutions > 0) return convolutions <= products.length;
  const { norm, longSum } = stoodIn(replacement, producers);
  // Moved behind a pooling a norm is no less to compute; in front of it a convolution may take it in.
  const factors = (norm && rewired.length === 0 ? 1 : 2) * added.length;
  const sums = longSum ? Math.min(1, terms.length - 1) : terms.length - 1;
  // A Sub of two is two operations, and one node of the file; a part of it that is needed alone is a new one.
  const sources = new Set(removed.map((node) => originOf(node) ?? node));
  const parts = terms.filter(({ base }) => {
    const producer = base.name === "" ? producers.get(base) : undefined;
    return producer !== undefined && originOf(producer) !== undefined;
  });
  const operations = factors + sums + parts.length;
  // What is another value as it is computes nothing; where it is a part of a node, the rest of that stays.
  const isOther = terms.length === 1 && added.length === 0;
  const others = !isOther ? 0 : output.name === "" ? 2 : 1;
  return operations < sources.size && operations + others <= sources.size;
}
