import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { type Bytes, FilePart, type Room, scratchOf } from "./file-part.js";
import type { Message } from "./message.js";

/**
 * Bytes that are there, in memory or in a file, or that are made when they are written, part by part (and let
 * go of afterwards). A part that is made lies in the room that it was given, or in memory of its own.
 */
export type Piece = Bytes | { readonly length: number; readonly make: (room: Room) => Iterable<Uint8Array> };

/** A part of a file: pieces that share memory with what was read wherever they can. */
export interface Pieces {
  readonly length: number;
  readonly pieces: readonly Piece[];
}

/** Bytes of a file that are passed on at a time. */
const together = 2 ** 18;

/**
 * All bytes in order.
 * @param room gives memory for what is read from a file or made; what is in it is used before the next is
 *   asked for, where it gives the same memory again
 */
export function* bytesOf({ pieces }: Pieces, room: Room): Generator<Uint8Array, void> {
  for (const piece of pieces) {
    if (piece instanceof Uint8Array) yield piece;
    else if (piece instanceof FilePart) {
      for (let start = 0; start < piece.length; start += together) {
        const bytes = room(Math.min(together, piece.length - start));
        piece.read(start, bytes);
        yield bytes;
      }
    } else yield* piece.make(room);
  }
}

/** A list of pieces as one run of bytes. */
export function whole(pieces: Pieces): Uint8Array {
  const out = new Uint8Array(pieces.length);
  let at = 0;
  for (const bytes of bytesOf(pieces, scratchOf)) {
    out.set(bytes, at);
    at += bytes.length;
  }
  return out;
}

/** One after the other. */
export function joined(parts: readonly (Piece | Pieces)[]): Pieces {
  const pieces = parts.flatMap((part) => ("pieces" in part ? part.pieces : [part]));
  return { length: pieces.reduce((sum, piece) => sum + piece.length, 0), pieces };
}

/** One for all, since each keeps memory of its own. */
const writer = new BinaryWriter();

/** What is put into a writer. */
export function written(put: (writer: BinaryWriter) => void): Uint8Array {
  let bytes: Uint8Array | undefined;
  try {
    put(writer);
  } finally {
    // What gives its bytes away is empty again; also where they are of no use.
    bytes = writer.finish();
  }
  return bytes;
}

/** A length-delimited field with that content. */
export function delimited(number: number, content: Pieces): Pieces {
  const head = written((to) => to.tag(number, WireType.LengthDelimited).uint32(content.length));
  return joined([head, content]);
}

/** What becomes of a message's fields: by their place in it. */
export interface Edits {
  /** Stands for the field; nothing where the list is empty. */
  readonly replaced?: ReadonlyMap<number, readonly Pieces[]>;
  /** Comes directly behind the field of that place; -1: in front of all. */
  readonly inserted?: ReadonlyMap<number, readonly Pieces[]>;
}

/**
 * A message with some of its fields replaced, and others put between; what is kept is kept as the bytes that
 * it was.
 */
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
