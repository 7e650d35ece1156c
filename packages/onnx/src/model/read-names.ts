import type { SourceGraph, SourceNode } from "./graph.js";

/** The names that a node reads, with those that the graphs in its attributes read from outside. */
export function readNames({ inputs, bodies }: SourceNode): ReadonlySet<string> {
  const names = new Set(inputs);
  names.delete("");
  for (const { graph } of bodies) for (const name of freeNames(graph)) names.add(name);
  return names;
}

/** The names that any of these nodes reads. */
export function namesReadBy(nodes: readonly SourceNode[]): Set<string> {
  const names = new Set<string>();
  for (const node of nodes) for (const name of readNames(node)) names.add(name);
  return names;
}

/** The names that a graph reads and does not give itself. */
export function freeNames(graph: SourceGraph): ReadonlySet<string> {
  const given = givenNames(graph);
  const free = new Set<string>();
  const read = (name: string): void => {
    if (name !== "" && !given.has(name)) free.add(name);
  };
  for (const name of namesReadBy(graph.nodes)) read(name);
  for (const { value } of graph.outputs) read(value.name);
  return free;
}

/** The names that a graph gives: inputs, initializers, what its nodes make. */
export function givenNames({ inputs, initializers, sparse, nodes }: SourceGraph): ReadonlySet<string> {
  const names = new Set([...inputs.map(({ value }) => value.name), ...initializers.keys(), ...sparse]);
  for (const { outputs } of nodes) for (const name of outputs) names.add(name);
  return names;
}
