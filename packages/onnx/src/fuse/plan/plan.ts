import type { FusedTerm, GraphRefusal, Node, Replacement, Value } from "@convfuse/core";
import type { ConvertedGraph } from "../../convert/of-graph.js";
import type { AfterGraph } from "./after-graph.js";
import { type Chain, chainsOf } from "./chains.js";
import { computed } from "./live.js";

/** What is to be replaced in a graph. */
export interface Plan {
  readonly chains: readonly Chain[];
  /** Nodes that are to read another value. */
  readonly rewired: ReadonlyMap<Node, Value>;
  readonly refusals: readonly GraphRefusal[];
}

/**
 * Two plans, one behind the other, as one of the graph; undefined: the second builds on what only the first
 * one knows.
 */
export function composed(
  converted: ConvertedGraph,
  first: Plan,
  second: Plan,
  after: AfterGraph,
): Plan | undefined {
  const { graph } = converted;
  const again = byOutput(second.chains.map(({ replacement }) => replacement));
  const before = byOutput(first.chains.map(({ replacement }) => replacement));
  let known = true;
  /** Terms whose bases are values of the graph. */
  const settled = (terms: readonly FusedTerm[]): readonly FusedTerm[] =>
    terms.flatMap((term) => {
      if (!after.inner.has(term.base)) return [term];
      const held = after.inner.get(term.base);
      if (term.convolution !== undefined || held === undefined) known = false;
      return settled(again.get(term.base)?.terms ?? (held === undefined ? [] : [held]));
    });
  const valueOfTerm = new Map([...after.inner].map(([value, term]) => [term, value]));
  const places = new Map<Node, number>(graph.nodes.map((node, place) => [node, place]));
  const inOrder = (nodes: ReadonlySet<Node>): readonly Node[] =>
    [...nodes].sort((a, b) => (places.get(a) as number) - (places.get(b) as number));
  const replacements: Replacement[] = [];
  for (const output of graph.nodes.flatMap(({ outputs }) => outputs)) {
    const [old, fresh] = [before.get(output), again.get(output)];
    const inside = (old?.terms ?? []).map((term) => again.get(valueOfTerm.get(term) as Value));
    const terms =
      fresh === undefined
        ? old?.terms.flatMap((term, i) => settled(inside[i]?.terms ?? [term]))
        : settled(fresh.terms);
    if (terms === undefined) continue;
    const parts = [fresh, ...inside].filter((part) => part !== undefined);
    const absorbed = new Set(
      parts.flatMap(({ nodes }) => nodes.flatMap((node) => after.parts.get(node) ?? [])),
    );
    if (old !== undefined) absorbed.add(old);
    const own = parts.flatMap(({ nodes }) => nodes.filter((node) => !after.parts.has(node)));
    const all = new Set([...[...absorbed].flatMap(({ nodes }) => nodes), ...own]);
    replacements.push({
      output,
      terms,
      nodes: inOrder(all),
      rewired: [...absorbed, ...parts].flatMap((part) => part.rewired),
      atGivenSizes: [...absorbed, ...parts].some(({ atGivenSizes }) => atGivenSizes),
    });
  }
  const rewired = new Map([...first.rewired, ...second.rewired]);
  // A base that is needed no more is not computed; then neither is what computes it.
  const { values, nodes: live } = computed(converted, {
    replaced: byOutput(replacements),
    rewired: movedBy(replacements, rewired),
  });
  const left = replacements.filter(({ output }) => values.has(output));
  if (!known || left.some(({ rewired: moved }) => moved.some((node) => !live.has(node)))) return undefined;
  const made = new Set(left.map(({ output }) => output));
  const refusals = first.refusals.filter(({ nodes }) =>
    nodes.every((node) => live.has(node) || node.outputs.some((value) => made.has(value))),
  );
  return { chains: chainsOf(graph, { replacements: left, rewired }), rewired, refusals };
}

export function byOutput(replacements: readonly Replacement[]): ReadonlyMap<Value, Replacement> {
  return new Map(replacements.map((one) => [one.output, one]));
}

/** The nodes that read another value for the sake of some replacements. */
export function movedBy(
  replacements: readonly Replacement[],
  rewired: ReadonlyMap<Node, Value>,
): ReadonlyMap<Node, Value> {
  const nodes = replacements.flatMap((one) => one.rewired);
  return new Map(nodes.map((node) => [node, rewired.get(node) as Value]));
}
