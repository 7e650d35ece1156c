import type { Node, Value } from "@convfuse/core";
import type { ConvertedGraph } from "../convert/of-graph.js";

/** Functions that exporters write GELU with; runtimes know the whole pattern and compute it at once. */
const cores = new Set(["Erf", "Tanh"]);

/**
 * Scales and shifts by one number that are part of a GELU written out: x Erf(x / 1.41) ..., as exporters have
 * it. Folded into a convolution beside it they would save a node and cost the runtime its one operation for
 * all of them.
 */
export function partsOfActivations({ graph, moves }: ConvertedGraph): ReadonlySet<Node> {
  const parts = new Set<Node>();
  const found = graph.nodes.filter(({ op }) => op.kind === "opaque" && cores.has(op.name));
  if (found.length === 0) return parts;
  const producers = new Map<Value, Node>();
  const readers = new Map<Value, Node[]>();
  for (const node of graph.nodes) {
    for (const output of node.outputs) producers.set(output, node);
    for (const input of node.inputs) readers.set(input, [...(readers.get(input) ?? []), node]);
  }
  const readersOf = (node: Node): readonly Node[] =>
    node.outputs.flatMap((value) => readers.get(value) ?? []);
  const producersOf = (node: Node): readonly Node[] =>
    node.inputs
      .map((value) => producers.get(value))
      // What is computed in front of a move stands for the node that it is a part of.
      .map((one) => (one !== undefined && moves.has(one) ? producers.get(one.inputs[0] as Value) : one))
      .filter((one) => one !== undefined);
  for (const core of found) {
    for (const node of producersOf(core)) if (isScalar(node)) parts.add(node);
    let after = readersOf(core);
    for (let step = 0; step < longest && after.length === 1; step++) {
      const [node] = after as [Node];
      if (isScalar(node)) parts.add(node);
      else if (isProduct(node)) for (const other of producersOf(node)) if (isScalar(other)) parts.add(other);
      if (!isScalar(node) && !isProduct(node)) break;
      after = readersOf(node);
    }
  }
  return parts;
}

/** From the core: + 1, times x, times 0.5, in any order. */
const longest = 3;

function isScalar({ op }: Node): boolean {
  return (
    op.kind === "affine" && [op.before, op.factor, op.after].every((values) => typeof values === "number")
  );
}

function isProduct({ op }: Node): boolean {
  return op.kind === "opaque" && op.name === "Mul";
}
