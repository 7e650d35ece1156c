import { FormatError } from "@convfuse/core";
import type { SourceGraph, SourceNode } from "../model/graph.js";
import { readNames } from "../model/read-names.js";

/**
 * The nodes of a graph in an order that can be run: as they stand, if that is one, as the format asks.
 * @throws {FormatError} if nodes need each other in a circle
 */
export function inOrder({ nodes }: SourceGraph): readonly SourceNode[] {
  const makers = new Map<string, number>();
  for (const [i, { outputs }] of nodes.entries())
    for (const name of outputs) if (name !== "") makers.set(name, i);
  const needed = nodes.map((node) => {
    const makersOfInputs = [...readNames(node)].map((name) => makers.get(name));
    return makersOfInputs.filter((maker) => maker !== undefined);
  });
  if (needed.every((makersOfInputs, i) => makersOfInputs.every((maker) => maker < i))) return nodes;
  return sorted(nodes, needed);
}

/** Kahn's algorithm. */
function sorted(nodes: readonly SourceNode[], needed: readonly (readonly number[])[]): readonly SourceNode[] {
  const readers = nodes.map((): number[] => []);
  const open = needed.map((makers, i) => {
    for (const maker of new Set(makers)) readers[maker]?.push(i);
    return new Set(makers).size;
  });
  const ready = open.flatMap((count, i) => (count === 0 ? [i] : []));
  const out: SourceNode[] = [];
  for (let at = 0; at < ready.length; at++) {
    const next = ready[at] as number;
    out.push(nodes[next] as SourceNode);
    for (const reader of readers[next] as number[]) {
      open[reader] = (open[reader] as number) - 1;
      if (open[reader] === 0) ready.push(reader);
    }
  }
  if (out.length < nodes.length) {
    const stuck = nodes[open.findIndex((count) => count > 0)];
    throw new FormatError("readOnnx", "nodes need each other in a circle", {
      node: stuck?.name,
      type: stuck?.type,
    });
  }
  return out;
}
