import type { Node, Value } from "@convfuse/core";
import type { SourceGraph, SourceNode } from "../model/graph.js";

/**
 * The operations from whose outputs no operation and no output of the graph is computed. Either the file
 * reads them without a use (a Shape, say, of which a Reshape learns the shape that its input has anyway), or
 * nothing reads them at all. They are no use of what they read; where that stays, they stay. What runs a
 * body, or is no operator of ONNX's own, may do more than its outputs say, and is never one.
 * @param nodes in an order that can be run
 */
export function askersOf(
  source: SourceGraph,
  nodes: readonly Node[],
  origins: ReadonlyMap<Node, SourceNode>,
): ReadonlySet<Node> {
  const given = new Set(source.outputs.map(({ value }) => value.name));
  const read = new Set<Value>();
  const askers = new Set<Node>();
  for (const node of nodes.toReversed()) {
    const { outputs, domain, bodies } = origins.get(node) as SourceNode;
    const isRead = node.outputs.some((value) => read.has(value)) || outputs.some((name) => given.has(name));
    const isPlain = domain === "" && bodies.length === 0 && outputs.some((name) => name !== "");
    if (!isRead && isPlain) askers.add(node);
    else for (const input of node.inputs) read.add(input);
  }
  return new Set([...askers].reverse());
}
