import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { Message } from "./message.js";

/** Bytes that are there, or that are made when they are written, part by part (and let go of afterwards). */
export type Piece = Uint8Array | { readonly length: number; readonly make: () => Iterable<Uint8Array> };

/** A part of a file: pieces that share memory with what was read wherever they can. */
export interface Pieces {
  readonly length: number;
  readonly pieces: readonly Piece[];
}

/** A list of pieces as one run of bytes. */
export function whole({ length, pieces }: Pieces): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    for (const part of piece instanceof Uint8Array ? [piece] : piece.make()) {
      bytes.set(part, at);
      at += part.length;
    }
  }
  return bytes;
}

/** One after the other. */
export function joined(parts: readonly (Piece | Pieces)[]): Pieces {
  const pieces = parts.flatMap((part) => ("pieces" in part ? part.pieces : [part]));
  return { length: pieces.reduce((sum, piece) => sum + piece.length, 0), pieces };
}

/** A length-delimited field with that content. */
export function delimited(number: number, content: Pieces): Pieces {
  const head = new BinaryWriter().tag(number, WireType.LengthDelimited).uint32(content.length).finish();
  return joined([head, content]);
}

/** What becomes of a message's fields: by their place in it. */
export interface Edits {
  /** Stands for the field; nothing where the list is empty. */
  readonly replaced?: ReadonlyMap<number, readonly Pieces[]>;
  /** Comes directly behind the field of that place; -1: in front of all. */
  readonly inserted?: ReadonlyMap<number, readonly Pieces[]>;
}

/** A message with some of its fields replaced, and others put between; what is kept is kept as the bytes that it was. */
export function spliced({ bytes, fields }: Message, { replaced, inserted }: Edits): Pieces {
  const parts: (Piece | Pieces)[] = [...(inserted?.get(-1) ?? [])];
  let kept = 0;
  // One by one: there may be more than a function takes arguments.
  const put = (added: readonly Pieces[]): void => {
    for (const one of added) parts.push(one);
  };
  for (const [i, { start, end }] of fields.entries()) {
    const instead = replaced?.get(i);
    if (instead !== undefined) {
      parts.push(bytes.subarray(kept, start));
      put(instead);
      kept = end;
    }
    const behind = inserted?.get(i);
    if (behind !== undefined) {
      parts.push(bytes.subarray(kept, end));
      put(behind);
      kept = end;
    }
  }
  parts.push(bytes.subarray(kept));
  return joined(parts.filter(({ length }) => length > 0));
}
