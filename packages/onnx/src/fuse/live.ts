import type { Graph, Node, Replacement, Value } from "@convfuse/core";
import type { ConvertedGraph } from "../convert/of-graph.js";

/** Which replacements are made in a graph. */
export interface Accepted {
  /** By the value that is computed in another way. */
  readonly replaced: ReadonlyMap<Value, Replacement>;
  /** Nodes that read another value than they did. */
  readonly rewired: ReadonlyMap<Node, Value>;
}

/** Values that nobody reads: what makes them stays as it is, and what it reads has to exist. */
export function unread({ graph }: ConvertedGraph): ReadonlySet<Value> {
  const read = new Set(graph.nodes.flatMap((node) => node.inputs));
  for (const output of graph.outputs) read.add(output);
  return new Set(graph.nodes.flatMap((node) => node.outputs.filter((value) => !read.has(value))));
}

/** Who makes each value. */
export function producersOf(graph: Graph): ReadonlyMap<Value, Node> {
  const producers = new Map<Value, Node>();
  for (const node of graph.nodes) for (const output of node.outputs) producers.set(output, node);
  return producers;
}

/** The nodes that are computed, from what has to exist backwards. */
export function liveNodes(converted: ConvertedGraph, { replaced, rewired }: Accepted): ReadonlySet<Node> {
  const { graph } = converted;
  const producers = producersOf(graph);
  const live = new Set<Node>();
  const seen = new Set<Value>();
  const open = [...graph.outputs, ...unread(converted)];
  // What gives nothing at all (an If whose outputs have no names) cannot be reached from a value.
  for (const node of graph.nodes) {
    if (node.outputs.length > 0) continue;
    live.add(node);
    open.push(...node.inputs);
  }
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (seen.has(value)) continue;
    seen.add(value);
    const replacement = replaced.get(value);
    if (replacement !== undefined) {
      for (const { base } of replacement.terms) open.push(base);
      continue;
    }
    const node = producers.get(value);
    if (node === undefined || live.has(node)) continue;
    live.add(node);
    const other = rewired.get(node);
    for (const input of other === undefined ? node.inputs : [other, ...node.inputs.slice(1)])
      open.push(input);
  }
  return live;
}
