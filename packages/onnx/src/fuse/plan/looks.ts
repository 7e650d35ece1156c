import {
  type FuseGraphOptions,
  fuseGraph,
  type Graph,
  type Node,
  type StoredWeights,
  type Value,
} from "@convfuse/core";
import type { ConvertedGraph } from "../../convert/of-graph.js";
import type { SourceNode } from "../../model/graph.js";
import { type AfterGraph, afterGraph } from "./after-graph.js";
import { chainsOf } from "./chains.js";
import { computed, producersOf } from "./live.js";
import { byOutput, composed, movedBy, type Plan } from "./plan.js";
import { isWorthwhile } from "./worthwhile.js";

type Options = FuseGraphOptions & { readonly keepNode: (node: Node) => boolean };

/** The node of the file that an operation is a part of; undefined: it is new. */
type OriginOf = (node: Node) => SourceNode | undefined;

/** Each look at a graph is linear, and each leaves less to the next: more are of no use. */
const mostLooks = 4;

/**
 * What is worth replacing. A value that others read too is no part of a convolution; once those have become
 * convolutions of something else, it may be. What a merge is held against is what stands there, so that one
 * merge may make the next one worth it, too. So what the graph has become is looked at again, until fusing it
 * once more changes nothing.
 */
export function planOf(converted: ConvertedGraph, options: Options): Plan {
  const { graph, origins } = converted;
  const flattened = new Set(graph.nodes.flatMap(({ op, outputs }) => (op.kind === "flatten" ? outputs : [])));
  let plan = lookedAt(graph, options, (node) => origins.get(node));
  for (let look = 1; look < mostLooks && plan.chains.length > 0; look++) {
    const after = afterPlan(converted, plan);
    const isFreer = hasLostReaders(graph, after.graph) || hasJoined(graph, plan);
    if (!isFreer && !mayLeadOn(plan, options, flattened)) break;
    const keepNode = (node: Node): boolean => {
      const before = after.stayed.get(node);
      // What was moved behind a pooling is not moved again.
      return before !== undefined || options.keepNode(node);
    };
    const next = lookedAt(after.graph, { ...options, keepNode }, (node) =>
      origins.get(after.stayed.get(node) ?? node),
    );
    const both = next.chains.length === 0 ? undefined : composed(converted, plan, next, after);
    if (both === undefined) break;
    plan = both;
  }
  return plan;
}

/**
 * What one look finds worth it. What is not may have taken a norm over a pooling, for the shift behind it,
 * that would do better in the convolution in front: the node that it ends with then stays, and the rest is
 * looked at anew.
 */
function lookedAt(graph: Graph<StoredWeights>, options: Options, originOf: OriginOf): Plan {
  const left = new Set<Node>();
  const producers = producersOf(graph);
  for (let look = 1; ; look++) {
    const keepNode = (node: Node): boolean => left.has(node) || options.keepNode(node);
    const fused = fuseGraph(graph, { ...options, keepNode });
    const before = left.size;
    const chains = chainsOf(graph, fused).filter(({ replacement }) => {
      if (isWorthwhile(replacement, producers, originOf)) return true;
      const last = replacement.nodes.findLast(({ outputs }) => outputs.includes(replacement.output));
      if (last !== undefined && replacement.rewired.length > 0) left.add(last);
      return false;
    });
    if (left.size === before || look === mostLooks) return { ...fused, chains };
  }
}

/** The graph as a plan makes it. */
function afterPlan(converted: ConvertedGraph, { chains, rewired }: Plan): AfterGraph {
  const replacements = chains.map(({ replacement }) => replacement);
  const moved = movedBy(replacements, rewired);
  const live = computed(converted, { replaced: byOutput(replacements), rewired: moved }).nodes;
  return afterGraph(converted.graph, replacements, moved, live);
}

/**
 * True if what stands around the replacements may be worth more now: any merge that grew lets others grow, a
 * shorter sum goes into others, and what was done to pixels goes into the matrix that reads them in a row.
 */
function mayLeadOn({ chains }: Plan, { growth }: Options, flattened: ReadonlySet<Value>): boolean {
  if (growth === "any") return true;
  return chains.some(
    ({ replacement: { terms } }) => terms.length > 1 || terms.some(({ base }) => flattened.has(base)),
  );
}

/** True if a value that a fusible node makes has fewer readers than it had, and one only. */
function hasLostReaders(before: Graph, after: Graph): boolean {
  const [some, less] = [readsOf(before), readsOf(after)];
  return after.nodes.some(
    ({ op, outputs }) =>
      !opaque.has(op.kind) && outputs.some((value) => less.get(value) === 1 && (some.get(value) ?? 1) > 1),
  );
}

/**
 * True if a value within a region was read several times, so that what became of it could not be taken into
 * what follows: now it can.
 */
function hasJoined(graph: Graph, { chains }: Plan): boolean {
  const reads = readsOf(graph);
  return chains.some(({ replacement: { nodes, output } }) =>
    nodes.some(({ outputs }) => outputs.some((value) => value !== output && (reads.get(value) ?? 0) > 1)),
  );
}

/** Kinds of operations that are no part of a region. */
const opaque: ReadonlySet<string> = new Set([
  "opaque",
  "map",
  "slope",
  "norm",
  "multiply",
  "shuffle",
  "resize",
]);

function readsOf(graph: Graph): ReadonlyMap<Value, number> {
  const reads = new Map<Value, number>();
  for (const value of [...graph.nodes.flatMap(({ inputs }) => inputs), ...graph.outputs])
    reads.set(value, (reads.get(value) ?? 0) + 1);
  return reads;
}
