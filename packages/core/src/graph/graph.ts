import type { Graph, Node, Op, Value } from "./op.js";
import type { Weights } from "./weights.js";

export type { Graph, Node, Value } from "./op.js";

/**
 * Makes a graph node by node.
 * @example
 * const graph = new GraphBuilder();
 * const x = graph.input("x");
 * const y = graph.add({ kind: "identity" }, [x], "skip");
 * graph.finish([graph.add({ kind: "add" }, [x, y], "sum")]).nodes.length; // 2
 */
export class GraphBuilder<W extends Weights = Weights> {
  readonly #inputs: Value[] = [];
  readonly #nodes: Node<W>[] = [];

  /** Adds an input of the graph, and gives its value. */
  input(name: string): Value {
    const value = { name };
    this.#inputs.push(value);
    return value;
  }

  /** Adds a node with one output, and gives that. */
  add(op: Op<W>, inputs: readonly Value[], path: string, name: string = path): Value {
    const output = { name };
    this.#nodes.push({ op, inputs, outputs: [output], path });
    return output;
  }

  /** Adds a node with any number of outputs. */
  addNode(node: Node<W>): void {
    this.#nodes.push(node);
  }

  /** The graph of all that was added; the builder can go on. */
  finish(outputs: readonly Value[]): Graph<W> {
    return { inputs: [...this.#inputs], nodes: [...this.#nodes], outputs: [...outputs] };
  }
}

/** Who makes each value and who reads it. */
export interface Uses<W extends Weights = Weights> {
  /** The node that makes a value; undefined for an input of the graph. */
  readonly producer: ReadonlyMap<Value, Node<W>>;
  /** How often a value is read: a node that reads it twice counts twice, an output of the graph once. */
  readonly reads: ReadonlyMap<Value, number>;
}

export function usesOf<W extends Weights>(graph: Graph<W>): Uses<W> {
  const producer = new Map<Value, Node<W>>();
  const reads = new Map<Value, number>();
  const read = (value: Value): void => {
    reads.set(value, (reads.get(value) ?? 0) + 1);
  };
  for (const node of graph.nodes) {
    node.inputs.forEach(read);
    for (const output of node.outputs) producer.set(output, node);
  }
  graph.outputs.forEach(read);
  return { producer, reads };
}

/** The graph without the nodes that none of its outputs needs. */
export function withoutUnused<W extends Weights>(graph: Graph<W>): Graph<W> {
  const needed = new Set(graph.outputs);
  const nodes: Node<W>[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((value) => needed.has(value))) continue;
    for (const input of node.inputs) needed.add(input);
    nodes.push(node);
  }
  return { ...graph, nodes: nodes.reverse() };
}
