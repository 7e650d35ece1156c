import { storedConstant } from "../constants/constant.js";
import type { Dim } from "../facts/dim.js";
import type { Fact, Outcome } from "../facts/fact.js";
import type { SourceGraph } from "../model/graph.js";
import type { DeclaredDim, ValueInfo } from "../model/value-info.js";
import type { Context } from "./context.js";

/** What is known of the names of one graph, and of the graphs around it. */
export class Scope {
  readonly context: Context;
  readonly #graph: SourceGraph;
  readonly #parent: Scope | undefined;
  readonly #inputs: ReadonlyMap<string, ValueInfo>;
  readonly #outputs: ReadonlyMap<string, ValueInfo>;
  readonly #facts = new Map<string, Fact>();
  readonly #hints: ReadonlyMap<string, readonly DeclaredDim[]>;
  /** Names that this graph reads and that nothing in it gives, by the order in which they were met. */
  readonly captured: Map<string, Fact> = new Map();

  /** @param hints what other nodes say of the axes of names, where the file does not declare them */
  constructor(
    context: Context,
    graph: SourceGraph,
    parent: Scope | undefined,
    hints: ReadonlyMap<string, readonly DeclaredDim[]>,
  ) {
    this.context = context;
    this.#graph = graph;
    this.#parent = parent;
    this.#inputs = new Map(graph.inputs.map(({ value }) => [value.name, value]));
    this.#outputs = new Map(graph.outputs.map(({ value }) => [value.name, value]));
    this.#hints = hints;
    for (const [name, { value: tensor }] of graph.initializers) {
      // In a body an input is never what an initializer of that name says.
      const isInput = this.#inputs.has(name) && (context.overridable || parent !== undefined);
      const mayChange = isInput || (parent === undefined && context.trained.has(name));
      const constant = mayChange ? undefined : storedConstant(tensor);
      this.define(name, {
        type: tensor.type,
        shape: mayChange ? tensor.dims : (constant?.shape ?? tensor.dims),
        constant,
      });
    }
    for (const name of this.#inputs.keys()) if (!this.#facts.has(name)) this.#defineInput(name);
    for (const name of graph.sparse) this.define(name, {});
  }

  /** Says what a name stands for; what the operator leaves open, the file may declare. */
  define(name: string, outcome: Outcome): Fact {
    const declared = this.#graph.infos.get(name)?.value ?? this.#outputs.get(name);
    const fact: Fact = {
      value: { name },
      type: outcome.type ?? declared?.type,
      shape:
        outcome.constant?.shape ??
        outcome.shape ??
        this.#declaredShape(name, declared?.shape ?? this.#hints.get(name)),
      constant: outcome.constant,
      sizes: outcome.sizes,
    };
    this.#facts.set(name, fact);
    return fact;
  }

  /** True if this graph itself gives the name. */
  has(name: string): boolean {
    return this.#facts.has(name);
  }

  /**
   * What is known of a name, here or in the graphs around; a name that nothing gives is one of which nothing
   * is known.
   */
  lookup(name: string): Fact {
    const own = this.#facts.get(name) ?? this.captured.get(name);
    if (own !== undefined) return own;
    const outer = this.#parent?.lookup(name) ?? unknown(name);
    this.captured.set(name, outer);
    return outer;
  }

  /** Keeps what was learned of a name, here and in no graph around. */
  learn(name: string, fact: Fact): Fact {
    (this.#facts.has(name) ? this.#facts : this.captured).set(name, fact);
    return fact;
  }

  #defineInput(name: string): void {
    const info = this.#inputs.get(name);
    // The sizes of the network's own inputs hold; those of a body's inputs may change from one run of it to
    // the next.
    const holds = this.#parent === undefined && this.#graph.kind === "graph";
    const said =
      holds && Object.hasOwn(this.context.inputShapes, name) ? this.context.inputShapes[name] : info?.shape;
    const shape = holds && said ? this.#sizes(name, said, () => true) : undefined;
    this.define(name, {
      type: info?.type,
      shape: shape ?? this.#declaredShape(name, info?.shape ?? this.#hints.get(name)),
    });
  }

  /**
   * A declared shape, of which the number of axes and of channels are believed. Other numbers are not: files
   * whose inputs were made larger, or dynamic, often keep what was true before.
   */
  #declaredShape(name: string, shape: readonly DeclaredDim[] | undefined): readonly Dim[] | undefined {
    return shape && this.#sizes(name, shape, (axis) => axis === 1);
  }

  #sizes(name: string, shape: readonly DeclaredDim[], believed: (axis: number) => boolean): readonly Dim[] {
    const { dims } = this.context;
    return shape.map((dim, axis) => {
      if (typeof dim === "number") return believed(axis) ? dim : dims.keyed(`axis ${axis} of ${name}`);
      return dim === undefined ? dims.fresh() : dims.named(dim);
    });
  }
}

function unknown(name: string): Fact {
  return { value: { name }, type: undefined, shape: undefined, constant: undefined, sizes: undefined };
}
