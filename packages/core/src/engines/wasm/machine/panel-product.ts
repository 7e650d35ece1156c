import type { ProductPlace } from "../../engine.js";
import { type EngineExports, engineModule, instantiate } from "./builds.js";
import { wasmMemory } from "./heap.js";

/**
 * What is multiplied at once: b's part stays in the second-level cache, a panel of each side in the first.
 */
const mostRows = 64;
const mostColumns = 256;
const mostDepth = 512;

const pageBytes = 65536;
/** In float64: nothing lives in the first page, as the compiler assumes of the first kilobyte. */
const sumStart = pageBytes / 8;
const bStart = sumStart + mostRows * mostColumns;
const aStart = bStart + mostRows * mostDepth;
const end = aStart + mostColumns * mostDepth;

/** Matrix products in float64 by WebAssembly, block by block in a memory of its own, which does not grow. */
export class PanelProduct {
  readonly #exports: EngineExports;
  readonly #values: Float64Array;

  constructor() {
    const memory = wasmMemory({ initial: Math.ceil((end * 8) / pageBytes), maximum: pageBytes });
    this.#exports = instantiate(engineModule("baseline", false), memory, () => 0);
    this.#values = new Float64Array(memory.buffer);
  }

  /** sum += b a, the depth in order: see `addProduct`. */
  add(sum: Float64Array, b: Float64Array, a: Float64Array, place: ProductPlace): void {
    const { rows, columns, depth, sumAt, sumStride, bAt, bStride, aAt, aStride } = place;
    for (let c = 0; c < columns; c += mostColumns) {
      const width = Math.min(mostColumns, columns - c);
      for (let k = 0; k < depth; k += mostDepth) {
        const deep = Math.min(mostDepth, depth - k);
        const fromA = { at: aAt + k * aStride + c, step: 1, stepDeep: aStride };
        this.#pack(aStart, a, fromA, width, deep);
        for (let r = 0; r < rows; r += mostRows) {
          const high = Math.min(mostRows, rows - r);
          const fromB = { at: bAt + r * bStride + k, step: bStride, stepDeep: 1 };
          this.#pack(bStart, b, fromB, high, deep);
          this.#multiply(sum, sumAt + r * sumStride + c, sumStride, high, width, deep);
        }
      }
    }
  }

  #multiply(sum: Float64Array, at: number, stride: number, rows: number, columns: number, depth: number) {
    const values = this.#values;
    const width = fours(columns);
    for (let r = 0; r < rows; r++) {
      const from = at + r * stride;
      values.set(sum.subarray(from, from + columns), sumStart + r * width);
    }
    this.#exports.addProduct(sumStart * 8, bStart * 8, aStart * 8, fours(rows), width, depth);
    for (let r = 0; r < rows; r++) {
      const from = sumStart + r * width;
      sum.set(values.subarray(from, from + columns), at + r * stride);
    }
  }

  /**
   * `count` rows or columns as panels of four, [count / 4, depth, 4]. What fills the last panel up is
   * computed with and not looked at.
   */
  #pack(start: number, source: Float64Array, from: Steps, count: number, depth: number): void {
    const values = this.#values;
    const { at, step, stepDeep } = from;
    for (let i = 0; i < count; i++) {
      let to = start + (i >> 2) * 4 * depth + (i & 3);
      let read = at + i * step;
      for (let k = 0; k < depth; k++) {
        values[to] = source[read] as number;
        to += 4;
        read += stepDeep;
      }
    }
  }
}

/** How to go through a matrix: to the next row or column, and to the next one in depth. */
interface Steps {
  readonly at: number;
  readonly step: number;
  readonly stepDeep: number;
}

function fours(n: number): number {
  return (n + 3) & ~3;
}
