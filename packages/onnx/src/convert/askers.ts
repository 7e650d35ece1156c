import type { Node, Value } from "@convfuse/core";
import type { SourceGraph, SourceNode } from "../model/graph.js";
import { readNames } from "../model/read-names.js";

/**
 * The operations whose outputs are read in the file and by no operation: a Shape, say, of which a Reshape learns the shape that its input
 * has anyway. They are no use of what they read; where nothing is done to their readers, they stay.
 * @param nodes in an order that can be run
 */
export function askersOf(
  source: SourceGraph,
  nodes: readonly Node[],
  origins: ReadonlyMap<Node, SourceNode>,
): ReadonlySet<Node> {
  const asked = new Set(source.nodes.flatMap((node) => [...readNames(node)]));
  for (const { value } of source.outputs) asked.delete(value.name);
  const read = new Set<Value>();
  const askers = new Set<Node>();
  for (const node of nodes.toReversed()) {
    const named = (origins.get(node) as SourceNode).outputs.filter((name) => name !== "");
    const isRead = node.outputs.some((value) => read.has(value));
    if (!isRead && named.length > 0 && named.every((name) => asked.has(name))) askers.add(node);
    else for (const input of node.inputs) read.add(input);
  }
  return new Set([...askers].reverse());
}
