import type { Facts } from "../../../graph/facts.js";
import type { Graph, Node, Value } from "../../../graph/graph.js";
import type { PerChannel } from "../../../graph/op.js";

/** A graph without the nodes that do nothing: who makes and who reads each value. */
export interface Wires {
  /** The value that this one is, behind identities. */
  same(value: Value): Value;
  /** What makes a value; undefined: an input of the graph. */
  producer(value: Value): Node | undefined;
  /** One of the nodes that read a value; undefined: nobody but who reads the outputs. */
  reader(value: Value): Node | undefined;
  /** How often a value is read; an output of the graph is read once more. */
  reads(value: Value): number;
  /** True if nothing may be known of this node but that it is there. */
  isFixed(node: Node): boolean;
  /** True for an addition of several values whose only reader is another one, which takes its place. */
  isInnerSum(value: Value): boolean;
  /** The place of a value in the order of computing; inputs come first. */
  order(value: Value): number;
}

/** @param keeps nodes that a caller wants left alone */
export function wiresOf(graph: Graph, facts: Facts, keeps: (node: Node) => boolean): Wires {
  const sames = new Map<Value, Value>();
  const same = (value: Value): Value => sames.get(value) ?? value;
  const producers = new Map<Value, Node>();
  const readers = new Map<Value, Node>();
  const reads = new Map<Value, number>();
  const orders = new Map<Value, number>();
  const isFixed = new Set<Node>();
  /** What was flattened: [batch, features], whatever the network is given. */
  const flat = new Set<Value>();
  const read = (value: Value): void => {
    reads.set(same(value), (reads.get(same(value)) ?? 0) + 1);
  };
  graph.nodes.forEach((node, place) => {
    if (keeps(node)) isFixed.add(node);
    const [input] = node.inputs;
    const [output] = node.outputs;
    const isFlat = staysFlat(node, flat);
    const nothing =
      input !== undefined && output !== undefined && !isFixed.has(node) && doesNothing(node, facts, flat);
    if (isFlat && output !== undefined) flat.add(output);
    if (nothing) sames.set(output, same(input));
    for (const value of node.outputs) {
      if (nothing) continue;
      producers.set(value, node);
      orders.set(value, place);
    }
    if (nothing) return;
    for (const value of node.inputs) {
      read(value);
      readers.set(same(value), node);
    }
  });
  graph.outputs.forEach(read);
  const isSum = (node: Node | undefined): boolean =>
    node?.op.kind === "add" && node.inputs.length > 1 && !isFixed.has(node);
  return {
    same,
    producer: (value) => producers.get(value),
    reader: (value) => readers.get(value),
    reads: (value) => reads.get(value) ?? 0,
    isFixed: (node) => isFixed.has(node),
    isInnerSum: (value) => isSum(producers.get(value)) && reads.get(value) === 1 && isSum(readers.get(value)),
    order: (value) => orders.get(value) ?? -1,
  };
}

/** True if the output has the axes [batch, features], since some of its inputs have. */
function staysFlat({ op, inputs }: Node, flat: ReadonlySet<Value>): boolean {
  if (op.kind === "flatten") return true;
  return op.kind !== "opaque" && inputs.some((value) => flat.has(value));
}

/** True if the output is the input. */
function doesNothing({ op, inputs }: Node, facts: Facts, flat: ReadonlySet<Value>): boolean {
  const [input] = inputs as [Value];
  switch (op.kind) {
    case "identity":
      return true;
    case "flatten":
      // What other layers say of the axes holds where they run: a file's shapes hold, a module may be given
      // anything.
      return flat.has(input) || (op.unbatched !== true && op.images === undefined && facts.rank(input) === 0);
    case "affine":
      return op.factor === 1 && isNumber(op.before) && isNumber(op.after) && op.before + op.after === 0;
    case "pad":
      return op.sides.flat().every((pixels) => pixels === 0);
    default:
      return false;
  }
}

function isNumber(value: PerChannel): value is number {
  return typeof value === "number";
}
