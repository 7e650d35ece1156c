import { EngineError, type Quoted } from "../errors.js";

/**
 * Float32 zeros for `op` to fill, as many as the sizes' product.
 * @param got what the error quotes: the shapes that the caller knows
 * @throws {EngineError} if there is not that much memory, with op, bytes and shapes
 */
export function float32(
  op: string,
  sizes: readonly number[],
  got: Quoted = { shape: [...sizes] },
): Float32Array<ArrayBuffer> {
  return allocated((length) => new Float32Array(length), 4, op, sizes, got);
}

/** The same in float64. */
export function float64(
  op: string,
  sizes: readonly number[],
  got: Quoted = { shape: [...sizes] },
): Float64Array<ArrayBuffer> {
  return allocated((length) => new Float64Array(length), 8, op, sizes, got);
}

function allocated<T>(
  make: (length: number) => T,
  bytesEach: number,
  op: string,
  sizes: readonly number[],
  got: Quoted,
): T {
  const length = sizes.reduce((product, size) => product * size, 1);
  try {
    return make(length);
  } catch {
    // A RangeError, which says neither who asked nor for what.
    throw new EngineError(op, "there is not enough memory", { bytes: length * bytesEach, ...got });
  }
}
