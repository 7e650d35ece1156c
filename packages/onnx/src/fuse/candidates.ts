import type { Node, OpaqueOp, Value } from "@convfuse/core";
import type { ConvertedGraph } from "../convert/of-graph.js";
import { noFloats } from "../convert/rule.js";
import { partsOfActivations } from "./activations.js";
import { type FuseOnnxOptions, matches } from "./options.js";
import type { Chain } from "./plan/chains.js";
import { inexpressible } from "./plan/form.js";
import { producersOf, unread } from "./plan/live.js";
import { planOf } from "./plan/looks.js";
import type { OnnxRefusal } from "./report/report.js";
import { tokenNorms } from "./tokens/token-norms.js";

/** One replacement that may be made. */
export interface Candidate {
  readonly converted: ConvertedGraph;
  readonly chain: Chain;
  /** All nodes of the graph that are to read another value. */
  readonly rewired: ReadonlyMap<Node, Value>;
  /** Who makes each value of the graph. */
  readonly producers: ReadonlyMap<Value, Node>;
}

/** What can be replaced in a graph, and why the rest is not. */
export interface Candidates {
  readonly candidates: readonly Candidate[];
  readonly refusals: readonly OnnxRefusal[];
}

/** What the graph of operations says can be replaced. */
export function candidatesIn(converted: ConvertedGraph, options: FuseOnnxOptions): Candidates {
  const { only, keep = [], growth = "none", sizes = "every" } = options;
  const { graph } = converted;
  const kept = unread(converted);
  const activations = partsOfActivations(converted);
  const stays = (node: Node): boolean => {
    const { path, outputs } = node;
    if (activations.has(node)) return true;
    const names = [path, ...outputs.map(({ name }) => name)].filter((name) => name !== "");
    return (
      (only !== undefined && !names.some((name) => matches(name, only))) ||
      names.some((name) => matches(name, keep))
    );
  };
  const { chains, rewired, refusals } = planOf(converted, {
    growth,
    sizes,
    shapes: knownShapes(converted),
    keepNode: stays,
    keepValue: (value) => kept.has(value),
    refuse: inexpressible,
  });
  const refused: OnnxRefusal[] = [];
  for (const { op, path } of graph.nodes) {
    if (op.kind === "opaque" && isExplained(op)) refused.push({ path, type: op.name, reason: op.reason });
  }
  for (const { path, reason, nodes } of refusals) {
    const [node] = nodes;
    refused.push({ path, type: (node && converted.origins.get(node)?.type) ?? "", reason });
  }
  const producers = producersOf(graph);
  const candidates = [
    ...chains.map((chain) => ({ converted, chain, rewired, producers })),
    ...tokenNorms(converted, producers, stays).map((norm) => ({
      ...{ converted, chain: norm, rewired: norm.rewired, producers },
    })),
  ];
  return { candidates, refusals: refused };
}

/** Operators of which a reader wants to know why nothing was done to them. */
const wanted = new Set([
  "Conv",
  "ConvTranspose",
  "BatchNormalization",
  "AveragePool",
  "Pad",
  "Gemm",
  "Add",
  "Sum",
  "Sub",
]);

function isExplained({ name, reason }: OpaqueOp): boolean {
  return wanted.has(name) && reason !== noFloats;
}

/** Shapes as far as they are known: [batch, channels, ...spatial]. */
function knownShapes({ facts }: ConvertedGraph): ReadonlyMap<Value, readonly (number | undefined)[]> {
  const shapes = new Map<Value, readonly (number | undefined)[]>();
  for (const [value, { shape }] of facts) {
    if (shape !== undefined)
      shapes.set(
        value,
        shape.map((dim) => (typeof dim === "number" ? dim : undefined)),
      );
  }
  return shapes;
}
