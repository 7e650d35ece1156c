import type { Algorithm } from "../algorithms/algorithm.js";
import type { Conv2dGeometry } from "../algorithms/as-2d.js";
import { biasBytes, packBias } from "../algorithms/pack.js";
import type { Heap } from "../machine/heap.js";

/**
 * Something that a program keeps in the engine's memory while it lives: what several steps read is kept once,
 * by its identity.
 */
export interface Kept {
  readonly bytes: number;
  /** Writes it at a byte address. */
  write(heap: Heap, at: number): void;
}

/** A weight as an algorithm reads it. */
export function keptWeight(algorithm: Algorithm, weight: () => Float32Array): Kept {
  const floats = algorithm.weightFloats;
  return {
    bytes: floats * 4,
    write: (heap, at) => algorithm.pack(weight(), heap.f32.subarray(at >> 2, (at >> 2) + floats)),
  };
}

/** A bias, or zeros. */
export function keptBias(
  bias: ArrayLike<number> | undefined,
  g: Pick<Conv2dGeometry, "groups" | "inChannels" | "outChannels">,
): Kept {
  return { bytes: biasBytes(g), write: (heap, at) => packBias(bias, g, heap.f32, at >> 2) };
}

export function keptTable(numbers: Int32Array): Kept {
  return { bytes: numbers.byteLength, write: (heap, at) => heap.i32.set(numbers, at >> 2) };
}

const line = 64;

/** Puts what is kept one behind the other, each on a cache line. */
export function stack(all: Iterable<Kept>): {
  readonly bytes: number;
  readonly starts: ReadonlyMap<Kept, number>;
} {
  let bytes = 0;
  const starts = new Map<Kept, number>();
  for (const kept of new Set(all)) {
    starts.set(kept, bytes);
    bytes += Math.ceil(kept.bytes / line) * line;
  }
  return { bytes, starts };
}
