import type { ConvertedGraph } from "../convert/of-graph.js";
import { inOrder } from "../convert/order.js";
import { encode } from "../model/elements.js";
import type { SourceNode } from "../model/graph.js";
import { freeNames, givenNames, namesReadBy } from "../model/read-names.js";
import type { GraphEdits, NewNode } from "../write/edits.js";
import { nodeMessage } from "../write/messages.js";
import type { NewTensor } from "../write/new-tensor.js";
import type { EditedGraph, Rewriting, Rewritten } from "./rewriting.js";

/** The edits, without constants and initializers that were read and are read no more. */
export function editsOf(
  { source, made, scope }: ConvertedGraph,
  { freeAfter, asInitializers, asInputs, changed }: Rewriting,
  { instead: all, tensors: newTensors, live }: Rewritten,
): EditedGraph {
  const isConstant = (node: SourceNode): boolean => made.get(node)?.length === 0;
  const before = namesReadBy(source.nodes);
  const used = new Set<string>();
  for (const { value } of source.outputs) used.add(value.name);
  const given = new Set<string>();
  for (const node of source.nodes) {
    if (isConstant(node)) continue;
    const instead = all.get(node);
    if (instead === undefined) {
      for (const name of node.inputs) used.add(name);
      for (const name of freeAfter.get(node) ?? freeNamesOf(node)) used.add(name);
      for (const name of node.outputs) given.add(name);
      continue;
    }
    for (const one of instead) {
      for (const name of "spliced" in one ? one.reads : one.inputs) used.add(name);
      if ("spliced" in one) for (const name of node.outputs) given.add(name);
      else given.add(one.output);
    }
  }
  const gone = new Set(
    source.nodes
      .filter((node) => !isConstant(node))
      .flatMap(({ outputs }) => outputs.filter((name) => !given.has(name))),
  );
  const nodes = new Map<number, readonly NewNode[]>();
  const tensors: NewTensor[] = [];
  // A constant is kept if something reads it that is kept; readers stand behind it.
  for (const node of inOrder(source).filter(isConstant).reverse()) {
    const wasRead = node.outputs.some((name) => before.has(name));
    if (wasRead && !node.outputs.some((name) => used.has(name))) {
      nodes.set(node.field, []);
      for (const name of node.outputs) gone.add(name);
    } else if (node.inputs.some((name) => gone.has(name))) {
      nodes.set(node.field, [constantNode(node, scope.lookup(node.outputs[0] as string).constant)]);
    } else {
      for (const name of node.inputs) used.add(name);
    }
  }
  for (const node of source.nodes) {
    const instead = all.get(node);
    if (instead === undefined) continue;
    const own = newTensors.get(node) ?? [];
    if (asInitializers) tensors.push(...own);
    const constants = asInitializers
      ? []
      : own.map((tensor): NewNode => ({ constant: tensor, node: tensor.name }));
    nodes.set(node.field, [
      ...constants,
      ...instead.map((one) => ("spliced" in one ? one.spliced : nodeMessage(one))),
    ]);
  }
  const initializersGone = new Set(
    [...source.initializers.keys()].filter(
      // One that a caller may override is an input, and stays.
      (name) => before.has(name) && !used.has(name) && scope.lookup(name).constant !== undefined,
    ),
  );
  // Rather no file than one that nobody can run.
  const missing = [...used].find((name) => gone.has(name));
  if (missing !== undefined) throw new TypeError(`"${missing}" would be read, and nothing would give it`);
  const edits: GraphEdits = {
    nodes,
    initializersGone,
    valuesGone: new Set([...gone, ...changed]),
    tensors,
    asInputs,
  };
  const own = givenNames(source);
  for (const { name } of [...newTensors.values()].flat()) given.add(name);
  const free = new Set([...used].filter((name) => name !== "" && !own.has(name) && !given.has(name)));
  return { edits, free, live };
}

function freeNamesOf({ bodies }: SourceNode): readonly string[] {
  return bodies.flatMap(({ graph }) => [...freeNames(graph)]);
}

/** A constant that was computed from the type or the shape of a value that is gone. */
function constantNode(
  node: SourceNode,
  constant: ReturnType<ConvertedGraph["scope"]["lookup"]>["constant"],
): NewNode {
  if (constant === undefined) throw new TypeError(`${node.name} gives no constant`);
  const bytes = encode(constant.read(), constant.type);
  const tensor = {
    name: node.outputs[0] as string,
    type: constant.type,
    dims: constant.shape,
    length: bytes.length,
    make: () => [bytes],
  };
  return { constant: tensor, node: node.name };
}
