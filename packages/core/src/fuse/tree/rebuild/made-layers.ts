import { FusionError, unlessThrown } from "../../../errors.js";
import type { Value } from "../../../graph/graph.js";
import { Sum } from "../../../nn/layers/sum.js";
import type { Module } from "../../../nn/module.js";
import type { FusedTerm } from "../../graph/fuse-graph.js";
import { Inexpressible } from "./inexpressible.js";
import { leftOver } from "./left-over.js";
import { sameModule } from "./same-module.js";

/** What was made for a value that is computed in another way. */
export interface Made {
  /** What computes it: the one layer, or all that ends in the sum of several. */
  readonly module: Module;
  /** The layers of its convolutions. */
  readonly layers: readonly Module[];
  /** The sums of them. */
  readonly sums: readonly Module[];
}

/** A replaced value that is being built. */
interface Open {
  readonly value: Value;
  readonly layers: Module[];
  readonly sums: Module[];
}

/** Makes the layers of replaced values, and knows whose turn it is: what fails is that value's failure. */
export class MadeLayers {
  /** By value that was replaced. */
  readonly made: Map<Value, Made> = new Map();
  readonly #layerOf: (term: FusedTerm) => Module;
  readonly #alike = new Map<string, readonly Module[]>();
  readonly #claimed = new Set<Value>();
  /** The innermost last. */
  readonly #open: Open[] = [];

  /** @param layerOf the layer of a term; what it refuses stays as it is */
  constructor(layerOf: (term: FusedTerm) => Module) {
    this.#layerOf = layerOf;
  }

  /** Builds something; what is begun in it is over then. */
  within<T>(build: () => T): T {
    const { length } = this.#open;
    const built = build();
    this.#open.length = length;
    return built;
  }

  /** Begins a replaced value: it is the innermost one from now on. */
  begin(value: Value): void {
    this.claim(value);
    this.#open.push({ value, layers: [], sums: [] });
  }

  /** Notes what computes the value that was begun last. */
  finish(module: Module): void {
    const { value, layers, sums } = this.#open.at(-1) as Open;
    this.made.set(value, { module, layers, sums });
  }

  /** Each value is computed once: a tree has no wire that leads to two places. */
  claim(value: Value): void {
    if (this.#claimed.has(value)) throw this.failure(value);
    this.#claimed.add(value);
  }

  /** The layer of a term that is not its base itself; what is used in two places is one layer in both. */
  layer(term: FusedTerm): Module {
    const { value, layers } = this.#open.at(-1) as Open;
    const layer = unlessThrown(
      FusionError,
      () => this.#layerOf(term),
      ({ rule }) => {
        throw new Inexpressible(value, rule);
      },
    );
    const alike = this.#alike.get(String(layer)) ?? [];
    const known = alike.find((other) => sameModule(other, layer));
    if (known === undefined) this.#alike.set(String(layer), [...alike, layer]);
    layers.push(known ?? layer);
    return known ?? layer;
  }

  /** The sum of the terms of a value. */
  sum(branches: readonly (readonly [name: string, branch: Module])[]): Module {
    const sum = leftOver(new Sum(Object.fromEntries(branches)));
    this.#open.at(-1)?.sums.push(sum);
    return sum;
  }

  /** That a value cannot be built as it is asked for: the innermost one that was begun, if there is one. */
  failure(value: Value): Inexpressible {
    return new Inexpressible(this.#open.at(-1)?.value ?? value);
  }
}
