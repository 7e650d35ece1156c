import { type Bytes, scratchOf } from "../wire/file-part.js";
import { decodeInto } from "./elements.js";

/** Elements of a file that are read at once: few enough that a cache holds them until they are decoded. */
const together = 2 ** 14;

/**
 * Decodes elements that lie in memory or in a file, from a byte on, as many as `out` holds.
 * @param size bytes of an element of the type
 */
export function decodeFrom(bytes: Bytes, at: number, out: Float64Array, type: number, size: number): void {
  if (bytes instanceof Uint8Array) {
    decodeInto(out, bytes.subarray(at), type, size);
    return;
  }
  for (let start = 0; start < out.length; start += together) {
    const some = out.subarray(start, start + together);
    const read = scratchOf(some.length * size);
    bytes.read(at + start * size, read);
    decodeInto(some, read, type, size);
  }
}

/** All of them. */
export function decodeAll(bytes: Bytes, type: number, size: number): Float64Array {
  const out = new Float64Array(Math.floor(bytes.length / size));
  decodeFrom(bytes, 0, out, type, size);
  return out;
}
