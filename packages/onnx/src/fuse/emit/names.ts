import type { SourceGraph } from "../../model/graph.js";
import type { SourceModel } from "../../model/model.js";

/** Names that nothing in a file has: no value, no node, no tensor, wherever it lies. */
export class Names {
  readonly #taken = new Set<string>();
  readonly #next = new Map<string, number>();

  constructor({ graph, functions, training }: SourceModel) {
    for (const one of [graph.value, ...training.graphs]) this.#take(one);
    for (const { value } of functions) {
      this.#taken.add(value.name);
      this.#take(value.graph);
    }
  }

  /** This name, or one that begins with it. */
  fresh(wanted: string): string {
    let name = wanted;
    for (let i = this.#next.get(wanted) ?? 2; this.#taken.has(name); i++) {
      name = `${wanted}_${i}`;
      this.#next.set(wanted, i + 1);
    }
    this.#taken.add(name);
    return name;
  }

  #take({ nodes, inputs, outputs, initializers, sparse, infos }: SourceGraph): void {
    const add = (name: string): void => {
      this.#taken.add(name);
    };
    for (const { name, inputs: read, outputs: given, bodies } of nodes) {
      add(name);
      read.forEach(add);
      given.forEach(add);
      for (const { graph } of bodies) this.#take(graph);
    }
    for (const { value } of [...inputs, ...outputs]) {
      add(value.name);
      for (const dim of value.shape ?? []) if (typeof dim === "string") add(dim);
    }
    for (const name of [...initializers.keys(), ...sparse, ...infos.keys()]) add(name);
  }
}
