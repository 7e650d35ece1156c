import type { FusedGraph, Graph, Node, Replacement, StoredWeights, Value } from "@convfuse/core";
import { producersOf } from "./live.js";

/**
 * A replacement, and the values between a pooling that reads another value for its sake and its output: they
 * hold something else then.
 */
export interface Chain {
  readonly replacement: Replacement;
  /** What is computed on the features of each token, where the nodes do it on many at once. */
  readonly onFeatures?: Graph<StoredWeights>;
  readonly changed: readonly Value[];
}

/** For each replacement what lies behind the poolings in front of it. */
export function chainsOf(
  graph: Graph,
  { replacements, rewired }: Pick<FusedGraph, "replacements" | "rewired">,
): readonly Chain[] {
  if (rewired.size === 0) return replacements.map((replacement) => ({ replacement, changed: [] }));
  const producers = producersOf(graph);
  return replacements.map((replacement) => {
    const poolings = new Set(replacement.rewired);
    const changed: Value[] = [];
    for (const { base } of poolings.size === 0 ? [] : replacement.terms) {
      const passed: Value[] = [];
      for (let value: Value | undefined = base; value !== undefined; ) {
        const node: Node | undefined = producers.get(value);
        if (node === undefined || !movesOn(node)) break;
        passed.push(value);
        const isPooling: boolean = poolings.has(node);
        // In front of a pooling that moved another one may have.
        if (isPooling) for (const one of passed.splice(0)) changed.push(one);
        value = isPooling ? rewired.get(node) : node.inputs[0];
      }
    }
    return { replacement, changed };
  });
}

function movesOn({ op }: Node): boolean {
  return op.kind === "adaptiveMean" || op.kind === "flatten" || op.kind === "identity";
}
