import { forEachOffset } from "../../tensor/layout.js";
import type { StateArray, StateData } from "../../tensor/state-array.js";

/** The elements of an array in row-major order, as a file holds them; a strided view is gathered first. */
export function encodeElements(array: StateArray): Uint8Array {
  const { data } = array;
  // Bytes may be in a subclass, such as Node's Buffer, that puts what it makes into a pool.
  const Same = (data.BYTES_PER_ELEMENT === 1 ? Uint8Array : data.constructor) as new (
    length: number,
  ) => StateData;
  const out = new Same(array.size);
  let at = 0;
  forEachOffset(array, (offset) => {
    out[at++] = data[offset] as never;
  });
  return new Uint8Array(out.buffer);
}

/** Byte strings, one after the other. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
