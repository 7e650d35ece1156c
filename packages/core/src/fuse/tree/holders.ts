import type { Weights } from "../../graph/weights.js";
import type { Module } from "../../nn/module.js";
import type { Lowered, Place } from "./lower.js";

/**
 * Who holds which weights, where a tree is fused in pieces: the graph that it is, and each child of what the
 * graph knows nothing of. What one piece makes of weights that another one holds too is a copy.
 */
export class Holders {
  readonly #graph: ReadonlySet<Weights>;
  readonly #pieces = new Map<Module, ReadonlySet<Weights>>();
  readonly #counts = new Map<Weights, number>();

  /** @param outside what is held outside of the whole tree */
  constructor({ graph, root }: Lowered, outside: ReadonlySet<Weights> = new Set()) {
    this.#graph = new Set(
      graph.nodes.flatMap(({ op }) => (op.kind === "conv" || op.kind === "matrix" ? [op.weight] : [])),
    );
    for (const module of opaquesIn(root))
      for (const child of module.children().values())
        this.#pieces.set(child, new Set(child.parameters().values()));
    for (const held of [outside, this.#graph, ...this.#pieces.values()])
      for (const weights of held) this.#counts.set(weights, (this.#counts.get(weights) ?? 0) + 1);
  }

  /** Weights of the graph that others hold too. */
  get ofGraph(): ReadonlySet<Weights> {
    return this.#ofOthers(this.#graph);
  }

  /** Weights of a child of what the graph knows nothing of that others hold too. */
  of(child: Module): ReadonlySet<Weights> {
    return this.#ofOthers(this.#pieces.get(child) ?? new Set());
  }

  #ofOthers(held: ReadonlySet<Weights>): ReadonlySet<Weights> {
    return new Set([...held].filter((weights) => (this.#counts.get(weights) ?? 0) > 1));
  }
}

/** Modules of a graph that say nothing of themselves. */
function opaquesIn({ module, parts }: Place): readonly Module[] {
  return parts.length === 0 ? [module] : parts.flatMap(opaquesIn);
}
