import { FormatError } from "@convfuse/core";
import { type SourceModel, sourceModel } from "../model/model.js";
import type { StoredTensor } from "../model/tensor.js";
import { loaded } from "../wire/file-part.js";
import { isDelimited, payload } from "../wire/message.js";
import { joined, type Piece, type Pieces, spliced, whole } from "../wire/pieces.js";
import type { ModelEdits } from "./edits.js";
import { placeFields } from "./messages.js";
import { modelPieces } from "./model-pieces.js";
import { type NewTensor, tensorPieces } from "./new-tensor.js";
import type { TensorStore } from "./store.js";

/** Elements of less are copied. */
const smallest = 256;

/** Puts references where large tensors' elements are: "(left out) 2" is the third one. */
class SkeletonStore implements TensorStore {
  readonly pieces: Piece[] = [];

  added(tensor: NewTensor): Pieces {
    return tensor.length < smallest ? tensorPieces(tensor) : tensorPieces(tensor, this.#put(tensor));
  }

  kept({ message, place }: StoredTensor): Pieces | undefined {
    const at = message.fields.findLastIndex((field) => isDelimited(field, 9));
    const raw = message.fields[at];
    if (place !== undefined || raw === undefined || raw.end - raw.value < smallest) return undefined;
    const reference = placeFields(this.#put(payload(message, raw)));
    return spliced(message, { replaced: new Map([[at, [joined([reference])]]]) });
  }

  #put(piece: Piece): { location: string; offset: number; length: number } {
    this.pieces.push(piece);
    return { location: `(left out) ${this.pieces.length - 1}`, offset: 0, length: piece.length };
  }
}

/**
 * A model with its edits made, to be looked at: its large tensors' elements stay where they are until
 * somebody asks for them.
 */
export function skeletonOf(source: SourceModel, edits: ModelEdits): SourceModel {
  const store = new SkeletonStore();
  const bytes = whole(modelPieces(source, edits, store));
  return sourceModel(bytes, (location, offset, size) => {
    const place = /^\(left out\) (\d+)$/.exec(location)?.[1];
    const piece = place === undefined ? undefined : store.pieces[Number(place)];
    if (piece !== undefined) return partOf(piece, offset, offset + size);
    if (source.external !== undefined) return source.external(location, offset, size);
    throw new FormatError("fuseOnnx", "a tensor's elements lie in another file: give readOnnx `external`", {
      location,
    });
  });
}

function partOf(piece: Piece, start: number, end: number): Uint8Array {
  return "make" in piece ? whole(joined([piece])).subarray(start, end) : loaded(piece.subarray(start, end));
}
