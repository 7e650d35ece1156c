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
  const rowsB = second.outChannels / second.groups;
  const columnsB = middle / second.groups;
  const rowsA = middle / first.groups;
  const columnsA = first.inChannels / first.groups;
  const width = first.inChannels / groups;
  for (let o = 0; o < second.outChannels; o++) {
    const start = Math.floor(o / rowsB) * columnsB;
    for (let m = start; m < start + columnsB; ) {
      const block = Math.floor(m / rowsA);
      const end = Math.min((block + 1) * rowsA, start + columnsB);
      const to = o * width + ((block * columnsA) % width);
      addRows(sum, to, a, columnsA, b, o * columnsB - start, m, end);
      m = end;
    }
  }
}

/** sum[to + c] += b[offset + m] a[m, c] for the rows m from `first` up to `end`, four rows at a time. */
function addRows(
  sum: Float64Array,
  to: number,
  a: Float64Array,
  columns: number,
  b: Float64Array,
  offset: number,
  first: number,
  end: number,
): void {
  let m = first;
  for (; m + 4 <= end; m += 4) {
    const b0 = b[offset + m] as number;
    const b1 = b[offset + m + 1] as number;
    const b2 = b[offset + m + 2] as number;
    const b3 = b[offset + m + 3] as number;
    const r0 = m * columns;
    const r1 = r0 + columns;
    const r2 = r1 + columns;
    const r3 = r2 + columns;
    for (let c = 0; c < columns; c++) {
      sum[to + c] =
        (sum[to + c] as number) +
        b0 * (a[r0 + c] as number) +
        b1 * (a[r1 + c] as number) +
        b2 * (a[r2 + c] as number) +
        b3 * (a[r3 + c] as number);
    }
  }
  for (; m < end; m++) {
    const factor = b[offset + m] as number;
    for (let c = 0; c < columns; c++) {
      sum[to + c] = (sum[to + c] as number) + factor * (a[m * columns + c] as number);
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

/** [rows, columns] as [columns, rows]. */
function transpose(values: Float64Array, rows: number, columns: number): Float64Array {
  if (rows === 1 || columns === 1) return values;
  const out = new Float64Array(values.length);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) out[c * rows + r] = values[r * columns + c] as number;
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
