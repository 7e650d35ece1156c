import { addProduct } from "../engines/product.js";
import type { KernelAxis, LinearKernel, PerAxis } from "./kernel.js";

/**
 * The weight of two convolutions in sequence: W[o, c, i sA + j] = sum over the middle channels m of B[o, m, i] A[m, c, j].
 * One matrix product for each pair of taps, on matrices that are contiguous in the input channels.
 *
 * @param groups of the result: those that both kernels share
 * @param axes the result's rows and columns
 */
export function composeWeights(
  first: LinearKernel,
  second: LinearKernel,
  groups: number,
  axes: PerAxis<KernelAxis>,
): Float64Array {
  if (isDiagonal(second)) return scaled(first, second.weight);
  const a = byTap(first);
  const b = byTap(second);
  const width = first.inChannels / groups;
  const size = second.outChannels * width;
  const taps = axes[0].size * axes[1].size;
  const out = new Float64Array(taps * size);
  for (const [tapB, y, x] of tapsOf(second)) {
    for (const [tapA, v, u] of tapsOf(first)) {
      const row = (y * second.dilation[0] * first.stride[0] + v * first.dilation[0]) / axes[0].dilation;
      const column = (x * second.dilation[1] * first.stride[1] + u * first.dilation[1]) / axes[1].dilation;
      const tap = row * axes[1].size + column;
      const sum = out.subarray(tap * size, (tap + 1) * size);
      multiply(b[tapB] as Float64Array, a[tapA] as Float64Array, sum, first, second, groups);
    }
  }
  return transpose(out, taps, size);
}

/** True for a factor a channel: what batch norms and scales are, by far the most frequent case. */
function isDiagonal(kernel: LinearKernel): boolean {
  return (
    kernel.weight.length === kernel.outChannels &&
    kernel.groups === kernel.inChannels &&
    kernel.inChannels === kernel.outChannels
  );
}

function scaled(kernel: LinearKernel, factors: Float64Array): Float64Array {
  const out = new Float64Array(kernel.weight.length);
  const row = out.length / kernel.outChannels;
  for (let o = 0; o < kernel.outChannels; o++) {
    const factor = factors[o] as number;
    for (let i = o * row; i < (o + 1) * row; i++) out[i] = (kernel.weight[i] as number) * factor;
  }
  return out;
}

/** sum += B A, block by block: row o meets the middle channels of its group, and each of these the input channels of its own. */
function multiply(
  b: Float64Array,
  a: Float64Array,
  sum: Float64Array,
  first: LinearKernel,
  second: LinearKernel,
  groups: number,
): void {
  const middle = second.inChannels;
  const rows = second.outChannels / second.groups;
  const columnsB = middle / second.groups;
  const rowsA = middle / first.groups;
  const columns = first.inChannels / first.groups;
  const width = first.inChannels / groups;
  for (let start = 0, o = 0; start < middle; start += columnsB, o += rows) {
    for (let m = start; m < start + columnsB; ) {
      const block = Math.floor(m / rowsA);
      const end = Math.min((block + 1) * rowsA, start + columnsB);
      addProduct(sum, b, a, {
        rows,
        columns,
        depth: end - m,
        sumAt: o * width + ((block * columns) % width),
        sumStride: width,
        bAt: o * columnsB + m - start,
        bStride: columnsB,
        aAt: m * columns,
        aStride: columns,
      });
      m = end;
    }
  }
}

/** A kernel's weight as one [out, in / groups] matrix a tap. */
function byTap(kernel: LinearKernel): readonly Float64Array[] {
  const taps = kernel.kernelSize[0] * kernel.kernelSize[1];
  const size = kernel.weight.length / taps;
  const matrices = transpose(kernel.weight, size, taps);
  return Array.from({ length: taps }, (_, tap) => matrices.subarray(tap * size, (tap + 1) * size));
}

/** Rows and columns that are transposed together: as many as the first-level cache holds. */
const tile = 64;

/** [rows, columns] as [columns, rows]. */
function transpose(values: Float64Array, rows: number, columns: number): Float64Array {
  if (rows === 1 || columns === 1) return values;
  const out = new Float64Array(values.length);
  for (let top = 0; top < rows; top += tile) {
    const bottom = Math.min(top + tile, rows);
    for (let left = 0; left < columns; left += tile) {
      const right = Math.min(left + tile, columns);
      for (let c = left; c < right; c++) {
        for (let r = top; r < bottom; r++) out[c * rows + r] = values[r * columns + c] as number;
      }
    }
  }
  return out;
}

function tapsOf(kernel: LinearKernel): readonly (readonly [tap: number, row: number, column: number])[] {
  const [height, width] = kernel.kernelSize;
  return Array.from(
    { length: height * width },
    (_, tap) => [tap, Math.floor(tap / width), tap % width] as const,
  );
}
