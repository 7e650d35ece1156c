import type { ExternalPlace, StoredTensor } from "../model/tensor.js";
import { isDelimited } from "../wire/message.js";
import { joined, type Piece, type Pieces, spliced } from "../wire/pieces.js";
import { placeFields } from "./messages.js";
import { type NewTensor, tensorPieces } from "./new-tensor.js";

/** Decides where the elements of tensors go: into the model, or into one other file. */
export interface TensorStore {
  /** The TensorProto of a new tensor. */
  added(tensor: NewTensor): Pieces;
  /** What stands for a TensorProto of the file; undefined: it stays as it is. */
  kept(tensor: StoredTensor): Pieces | undefined;
}

/** New tensors into the model; those outside stay where they are. */
export const inside: TensorStore = { added: (tensor) => tensorPieces(tensor), kept: () => undefined };

/** Tensors from this size on are worth a place of their own; the others go into the model. */
const smallest = 1024;

/** What readers that map the file into memory like. */
const alignment = 64;

/** Everything that lies outside, and all that is new and large, into one file, anew. */
export class OutsideStore implements TensorStore {
  readonly #location: string;
  readonly #pieces: Piece[] = [];
  #length = 0;

  constructor(location: string) {
    this.#location = location;
  }

  /** The other file's content. */
  get content(): Pieces {
    return { length: this.#length, pieces: this.#pieces };
  }

  added(tensor: NewTensor): Pieces {
    if (tensor.length < smallest) return tensorPieces(tensor);
    return tensorPieces(tensor, this.#put(tensor));
  }

  kept(tensor: StoredTensor): Pieces | undefined {
    const { place, message } = tensor;
    if (place === undefined) return undefined;
    const moved = this.#put(tensor.outside(place));
    const old = message.fields.flatMap((field, i) =>
      isDelimited(field, 13) || field.number === 14 ? [[i, []] as const] : [],
    );
    return joined([spliced(message, { replaced: new Map(old) }), placeFields(moved)]);
  }

  #put(data: Piece): ExternalPlace {
    const gap = (alignment - (this.#length % alignment)) % alignment;
    if (gap > 0) this.#pieces.push(new Uint8Array(gap));
    this.#pieces.push(data);
    const offset = this.#length + gap;
    this.#length = offset + data.length;
    return { location: this.#location, offset, length: data.length };
  }
}
