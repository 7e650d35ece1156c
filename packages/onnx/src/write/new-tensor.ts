import type { ExternalPlace } from "../model/tensor.js";
import type { Room } from "../wire/file-part.js";
import { delimited, joined, type Pieces } from "../wire/pieces.js";
import { placeFields, tensorHead } from "./messages.js";

/** A tensor that the file did not have: its elements are made when they are written. */
export interface NewTensor {
  readonly name: string;
  /** The elements' type: `DataType`. */
  readonly type: number;
  readonly dims: readonly number[];
  /** Bytes of its elements. */
  readonly length: number;
  /** The elements as raw data has them, in parts, each in the room that is given, or in memory of its own. */
  make(room: Room): Iterable<Uint8Array>;
}

/**
 * A TensorProto: all but the elements encoded anew, these put behind, uncopied; with a place, they lie in
 * another file.
 */
export function tensorPieces(tensor: NewTensor, place?: ExternalPlace): Pieces {
  const elements = place === undefined ? delimited(9, joined([tensor])) : placeFields(place);
  return joined([tensorHead(tensor), elements]);
}
