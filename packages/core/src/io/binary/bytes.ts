import { ArgumentError } from "../../errors.js";

/**
 * A whole file, as programs have it: what Node's `readFileSync` gives (a `Buffer` is a `Uint8Array`), or a
 * browser's `arrayBuffer()`.
 */
export type FileBytes = Uint8Array | ArrayBuffer;

/**
 * A plain window on a file's bytes, which every function that takes bytes makes first. What a caller passes
 * may be a subclass whose methods mean something else: `slice` of Node's `Buffer` copies nothing, and its
 * memory is a part of a pool.
 * @param op what the error begins with
 * @param bytes as the caller gave them
 * @throws {ArgumentError} if what should be a whole file's bytes is something else, such as its path
 * @example
 * plainBytes("readMine", new Uint8Array([1, 2, 3]).buffer).length; // 3
 */
export function plainBytes(op: string, bytes: unknown): Uint8Array {
  // Not by instanceof: test runners and notebooks have more than one Uint8Array.
  const kind = Object.prototype.toString.call(bytes);
  if (kind === "[object ArrayBuffer]") return new Uint8Array(bytes as ArrayBuffer);
  if (kind !== "[object Uint8Array]") {
    throw new ArgumentError(op, "bytes must be a Uint8Array or an ArrayBuffer, the whole file", {
      bytes,
    });
  }
  const { buffer, byteOffset, byteLength } = bytes as Uint8Array;
  const window = new Uint8Array(buffer, byteOffset, byteLength);
  // Memory that threads share is copied: text decoders refuse it, and it could change while it is read.
  return Object.prototype.toString.call(buffer) === "[object SharedArrayBuffer]" ? window.slice() : window;
}
