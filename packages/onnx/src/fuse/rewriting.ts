import type { Node, Value } from "@convfuse/core";
import type { SourceNode } from "../model/graph.js";
import type { Pieces } from "../wire/pieces.js";
import type { GraphEdits } from "../write/edits.js";
import type { NewTensor } from "../write/new-tensor.js";
import type { Emitted, NewOperation } from "./emit/new-nodes.js";
import type { Site } from "./emit/site.js";
import type { Accepted } from "./plan/live.js";

/** What a graph is to become. */
export interface Rewriting extends Accepted {
  /** What computes each replaced value. */
  readonly emitted: ReadonlyMap<Value, Emitted>;
  /** The names of values; those without one in the file get one when they are asked for. */
  readonly nameOf: (value: Value) => string;
  /** Values whose contents are other ones than they were, under the same name. */
  readonly changed: ReadonlySet<string>;
  readonly siteOf: (value: Value) => Site;
  /** Names that graphs in attributes read from outside, as they will be. */
  readonly freeAfter: ReadonlyMap<SourceNode, ReadonlySet<string>>;
  /** True: new tensors are to be initializers; false: Constant nodes. */
  readonly asInitializers: boolean;
  /** True: initializers have to be inputs as well. */
  readonly asInputs: boolean;
}

/**
 * The edits of one graph, the names that it reads from outside once they are made, and what is left of it.
 */
export interface EditedGraph {
  readonly edits: GraphEdits;
  readonly free: ReadonlySet<string>;
  /** The nodes of the graph of operations that are still computed. */
  readonly live: ReadonlySet<Node>;
}

/**
 * What stands where a node stood: a new operation, or the node with another input, and what it reads then.
 */
export type Instead = NewOperation | { readonly spliced: Pieces; readonly reads: readonly string[] };

/** What the nodes of a graph have become. */
export interface Rewritten {
  /** What stands for a node; a node that is not here stays. */
  readonly instead: ReadonlyMap<SourceNode, readonly Instead[]>;
  /** The new tensors that this reads. */
  readonly tensors: ReadonlyMap<SourceNode, readonly NewTensor[]>;
  /** The nodes of the graph of operations that are still computed. */
  readonly live: ReadonlySet<Node>;
}
