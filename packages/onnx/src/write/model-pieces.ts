import type { SourceModel } from "../model/model.js";
import { delimited, type Pieces, spliced } from "../wire/pieces.js";
import type { ModelEdits } from "./edits.js";
import { graphPieces } from "./graph-pieces.js";
import type { TensorStore } from "./store.js";

/** A ModelProto with edits. */
export function modelPieces(source: SourceModel, edits: ModelEdits, store: TensorStore): Pieces {
  const replaced = new Map<number, readonly Pieces[]>();
  const graph = graphPieces(source.graph.value, edits, store);
  if (graph !== undefined) replaced.set(source.graph.field, [delimited(7, graph)]);
  for (const { field, value } of source.functions) {
    const changed = graphPieces(value.graph, edits, store);
    if (changed !== undefined) replaced.set(field, [delimited(25, changed)]);
  }
  return spliced(source.message, { replaced });
}
