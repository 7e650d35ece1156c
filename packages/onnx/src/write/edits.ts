import type { SourceGraph } from "../model/graph.js";
import type { Pieces } from "../wire/pieces.js";
import type { NewTensor } from "./new-tensor.js";

/** A Constant that holds a new tensor, under the tensor's name. */
export interface NewConstant {
  readonly constant: NewTensor;
  /** The node's name. */
  readonly node: string;
}

/** A new node: its message, whole or in pieces, or a Constant. */
export type NewNode = Uint8Array | Pieces | NewConstant;

/** What becomes of a graph; what is not named here stays as the bytes that it was. */
export interface GraphEdits {
  /** The nodes that stand for one of the file's (by the place of its field); none: it is gone. */
  readonly nodes: ReadonlyMap<number, readonly NewNode[]>;
  /** Names of initializers that are gone, with the inputs of the same name. */
  readonly initializersGone: ReadonlySet<string>;
  /** Names of values that are gone. */
  readonly valuesGone: ReadonlySet<string>;
  /** New initializers. */
  readonly tensors: readonly NewTensor[];
  /** True: each new initializer is an input of the graph as well, as files before IR version 4 have them. */
  readonly asInputs: boolean;
}

/**
 * What becomes of a file: its graph, graphs in attributes, functions; those that are not named stay as they
 * are.
 */
export type ModelEdits = ReadonlyMap<SourceGraph, GraphEdits>;
