import type { Node, Value } from "@convfuse/core";
import type { ConvertedGraph } from "../../convert/of-graph.js";
import { equalShapes } from "../../facts/dim.js";
import { sizesOf } from "../../facts/fact.js";
import { attributesOf } from "../../model/graph.js";

/** How tokens come to a norm and go on from it. */
export interface TokenMove {
  /** True if the shape and the order of axes behind the norm's only reader are those of the tokens. */
  readonly restores: boolean;
  /** True if what moves the tokens to the norm has to stay for those who read the norm. */
  readonly keeps: boolean;
}

/** undefined: the norm's channels are not the tokens' features, or what reads the norm is not known. */
export function tokenMoveOf(
  flattening: Node,
  restoring: readonly Node[],
  converted: ConvertedGraph,
): TokenMove | undefined {
  const { facts } = converted;
  const shape = facts.get(flattening.inputs[0] as Value)?.shape;
  const moved = facts.get(flattening.outputs[0] as Value)?.shape;
  if (shape === undefined || moved === undefined || moved[1] !== shape.at(-1)) return undefined;
  const isOnly = restoring.length === 1;
  const type = typeOf(flattening);
  if (type === "Transpose") {
    const order = orderOf(flattening, converted);
    if (order?.length !== shape.length || order[1] !== shape.length - 1) return undefined;
    if (!restoring.every((node) => readsFirst(node, converted))) return undefined;
    const [next] = restoring as [Node, ...Node[]];
    const back = typeOf(next) === "Transpose" ? orderOf(next, converted) : undefined;
    const restores = isOnly && back?.length === order.length && back.every((axis, i) => order[axis] === i);
    return { restores, keeps: !restores };
  }
  if (moved.length !== 2 || !["Reshape", "Flatten"].includes(type)) return undefined;
  if (!restoring.every((node) => movesElsewhere(node, converted))) return undefined;
  const [result] = (restoring[0] as Node).outputs as [Value];
  return { restores: isOnly && equalShapes(shape, facts.get(result)?.shape), keeps: false };
}

/** The axes that a Transpose names; undefined: it turns all around. */
function orderOf(node: Node, { origins, context }: ConvertedGraph): readonly number[] | undefined {
  const source = origins.get(node);
  return source && attributesOf(source, context.external).ints("perm");
}

export function typeOf({ op }: Node): string {
  return op.kind === "opaque" ? op.name : "";
}

/**
 * True for a Reshape to sizes of its own: it gives the same of [batch, tokens, features] as of
 * [batch tokens, features].
 */
function movesElsewhere(node: Node, { origins, scope, context }: ConvertedGraph): boolean {
  const source = origins.get(node);
  if (source === undefined || typeOf(node) !== "Reshape") return false;
  const asked = sizesOf(scope.lookup(source.inputs[1] ?? ""));
  // A 0 copies a size of what is reshaped.
  const copies = attributesOf(source, context.external).int("allowzero", 0) === 0;
  return asked !== undefined && !(copies && asked.includes(0));
}

/**
 * True for an operator that is left as it is, and that reads its first input once: it can be given another
 * one.
 */
function readsFirst(node: Node, { origins }: ConvertedGraph): boolean {
  const source = origins.get(node);
  const first = source?.inputs[0];
  const times = source?.inputs.filter((name) => name === first).length;
  return typeOf(node) !== "" && times === 1 && source?.bodies.length === 0;
}
