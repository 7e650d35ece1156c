import type { Graph, Node, Replacement, Value } from "@convfuse/core";
import type { ConvertedGraph } from "../../convert/of-graph.js";
import type { SourceNode } from "../../model/graph.js";
import { namesReadBy } from "../../model/read-names.js";

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
export function producersOf(graph: Graph): Map<Value, Node> {
  const producers = new Map<Value, Node>();
  for (const node of graph.nodes) for (const output of node.outputs) producers.set(output, node);
  return producers;
}

/** What is left of a graph once replacements are made. */
export interface Remains {
  /** The nodes that are computed. */
  readonly live: ReadonlySet<Node>;
  /** True if all that a node of the file reads is there. */
  readonly canStay: (node: SourceNode) => boolean;
}

/** The nodes that are computed, from what has to exist backwards. */
export function remains(converted: ConvertedGraph, accepted: Accepted): Remains {
  const { graph, askers, scope } = converted;
  const producers = producersOf(graph);
  const { nodes: live } = computed(converted, accepted, producers);
  for (const node of askers) for (const output of node.outputs) producers.set(output, node);
  const isThere = (name: string): boolean => {
    if (name === "") return true;
    const { value, constant } = scope.lookup(name);
    const producer = producers.get(value);
    return (
      constant !== undefined || producer === undefined || live.has(producer) || accepted.replaced.has(value)
    );
  };
  addAskers(converted, live, isThere);
  return { live, canStay: ({ inputs }) => inputs.every(isThere) };
}

/** The nodes and the values that are needed once replacements are made. */
export function computed(
  converted: ConvertedGraph,
  { replaced, rewired }: Accepted,
  producers: ReadonlyMap<Value, Node> = producersOf(converted.graph),
): { readonly nodes: Set<Node>; readonly values: ReadonlySet<Value> } {
  const { graph } = converted;
  const live = new Set<Node>();
  const seen = new Set<Value>();
  const open = [...graph.outputs, ...unread(converted)];
  // What gives nothing at all (an If whose outputs have no names) cannot be reached from a value.
  for (const node of graph.nodes) {
    if (node.outputs.length > 0) continue;
    live.add(node);
    for (const input of node.inputs) open.push(input);
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
  return { nodes: live, values: seen };
}

/**
 * Askers that nobody reads, or whose readers stay, where what they ask stays too: for their sake nothing is
 * computed that is gone.
 */
function addAskers(
  { askers, origins, made, source }: ConvertedGraph,
  live: Set<Node>,
  isThere: (name: string) => boolean,
): void {
  if (askers.size === 0) return;
  const makers = new Map<string, SourceNode>();
  const canBeMade = (name: string): boolean => makers.has(name) || isThere(name);
  const asked = namesReadBy(source.nodes);
  // A node that is a part of what it was is written anew, and reads what that part reads.
  const staying = new Set([...live].map((node) => origins.get(node) as SourceNode));
  const open = [...staying].filter((node) => made.get(node)?.every((one) => live.has(one)));
  const stay = (node: SourceNode): void => {
    for (const one of made.get(node) ?? []) live.add(one);
    open.push(node);
  };
  for (const node of new Set([...askers].map((asker) => origins.get(asker) as SourceNode))) {
    const reads = (made.get(node) ?? []).flatMap(({ inputs }) => inputs.map(({ name }) => name));
    if (![...node.inputs, ...reads].every(canBeMade)) continue;
    for (const name of node.outputs) makers.set(name, node);
    if (!node.outputs.some((name) => asked.has(name))) stay(node);
  }
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const name of node.inputs) {
      const maker = makers.get(name);
      if (maker !== undefined && !made.get(maker)?.every((one) => live.has(one))) stay(maker);
    }
  }
}
