import type { FusedConvolution, FusedTerm, Value } from "@convfuse/core";
import type { StoredNumbers } from "../../model/elements.js";
import type { Room } from "../../wire/file-part.js";
import type { Rooms } from "./rooms.js";
import { type StoredKernel, storedBlocks, storedKernel } from "./stored-kernel.js";

/**
 * A convolution whose numbers are computed when they are first needed, and hold until the rooms that they are
 * in are cleared.
 */
export interface StoredConvolution {
  readonly form: FusedConvolution["form"];
  /** "last": on the last axis of what has more than two. */
  readonly along: FusedConvolution["along"];
  /** @throws {FusionError} if a number is too large for the file's type */
  stored(): StoredKernel;
  /** True if so many bytes of it may be kept until they are written. */
  mayKeep(bytes: number): boolean;
  /** Runs what needs so much memory for a while. */
  lend(bytes: number, use: (room: ArrayBuffer) => Iterable<Uint8Array>): Iterable<Uint8Array>;
  /** Its weight alone, computed once more, some output channels at a time, each in the room that is given. */
  blocks(room: Room): Iterable<StoredNumbers>;
}

/** A term of a sum, for a file of some element type. */
export interface StoredTerm {
  readonly base: Value;
  /** undefined: the base itself is added. */
  readonly convolution: StoredConvolution | undefined;
}

/**
 * @param type of the file's elements
 * @param rooms where the numbers are kept
 * @param onPart is told which part of them is computed
 */
export function storedTerm(
  { base, convolution }: FusedTerm,
  type: number,
  rooms: Rooms,
  onPart: (part: number) => void,
): StoredTerm {
  if (convolution === undefined) return { base, convolution };
  const { form, along } = convolution;
  return {
    base,
    convolution: {
      form,
      along,
      stored: keeping(convolution, type, rooms, onPart),
      mayKeep: (bytes) => rooms.mayKeep(bytes),
      lend: (bytes, use) => rooms.lend(bytes, use),
      blocks: (room) => storedBlocks(convolution, type, room),
    },
  };
}

/** In a scope of its own: whoever holds the other functions holds none of the numbers. */
function keeping(
  convolution: FusedConvolution,
  type: number,
  rooms: Rooms,
  onPart: (part: number) => void,
): () => StoredKernel {
  let known: StoredKernel | undefined;
  return () => {
    known ??= storedKernel(convolution, type, (bytes) => rooms.take(bytes), onPart);
    return known;
  };
}
