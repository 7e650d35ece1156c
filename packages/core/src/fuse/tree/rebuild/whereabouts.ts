import type { Graph, Node, Value } from "../../../graph/graph.js";
import type { ImageForm } from "../../../graph/op.js";
import type { FusedGraph, FusedTerm } from "../../graph/fuse-graph.js";
import type { Place } from "../lower.js";

/** Where in a tree each value of a fused graph is computed, and whether it is. */
export class Whereabouts {
  readonly #graph: Graph;
  readonly #fused: FusedGraph;
  readonly #terms: ReadonlyMap<Value, readonly FusedTerm[]>;
  readonly #numbers = new Map<Value, number>();

  constructor(graph: Graph, fused: FusedGraph) {
    this.#graph = graph;
    this.#fused = fused;
    this.#terms = new Map(fused.replacements.map(({ output, terms }) => [output, terms]));
    for (const [number, node] of graph.nodes.entries()) {
      for (const output of node.outputs) this.#numbers.set(output, number);
    }
  }

  /** What a value is computed as; undefined: as its node says, or not at all. */
  termsOf(value: Value): readonly FusedTerm[] | undefined {
    return this.#terms.get(value);
  }

  /** What a node reads now. */
  readBy(node: Node): Value {
    return this.rewired(node) ?? (node.inputs[0] as Value);
  }

  /** What a node reads in place of its input; undefined: its input. */
  rewired(node: Node): Value | undefined {
    return this.#fused.rewired.get(node);
  }

  /** The images that a rewired node has to refuse all others than; undefined: it takes what it took. */
  narrowed(node: Node): ImageForm | undefined {
    return this.#fused.narrowed.get(node);
  }

  /** Whether a value is computed at all. */
  exists(value: Value): boolean {
    if (this.#terms.has(value)) return true;
    const node = this.#graph.nodes[this.#numbers.get(value) ?? -1];
    return node === undefined || this.#fused.live.has(node);
  }

  /** Which part of a place a value is computed in; -1: none. Parts follow each other. */
  indexOf({ parts }: Place, value: Value): number {
    const number = this.#numbers.get(value) ?? -1;
    let [low, high] = [0, parts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((parts[middle] as Place).end > number) high = middle;
      else low = middle + 1;
    }
    const part = parts[low];
    return part !== undefined && this.isIn(value, part) ? low : -1;
  }

  /** Whether a value is computed in a place. */
  isIn(value: Value, { first, end }: Place): boolean {
    const number = this.#numbers.get(value) ?? -1;
    return number >= first && number < end;
  }
}
