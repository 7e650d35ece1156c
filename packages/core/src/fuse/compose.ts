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
  const rowsB = second.outChannels / second.groups;
  const columnsB = middle / second.groups;
  const rowsA = middle / first.groups;
  const columnsA = first.inChannels / first.groups;
  const width = first.inChannels / groups;
  for (let start = 0, o = 0; start < middle; start += columnsB) {
    for (const endOfGroup = o + rowsB; o < endOfGroup; ) {
      const rows = endOfGroup - o >= 4 ? 4 : 1;
      for (let m = start; m < start + columnsB; ) {
        const block = Math.floor(m / rowsA);
        const end = Math.min((block + 1) * rowsA, start + columnsB);
        const place = {
          sumAt: o * width + ((block * columnsA) % width),
          sumStride: width,
          bAt: o * columnsB + m - start,
          bStride: columnsB,
          aAt: m * columnsA,
          columns: columnsA,
          depth: end - m,
        };
        if (rows === 4) addFourRows(sum, b, a, place);
        else addRow(sum, b, a, place);
        m = end;
      }
      o += rows;
    }
  }
}

/** Where in three row-major matrices a product is: sum[r, c] += over k of b[r, k] a[k, c]. */
interface Place {
  readonly sumAt: number;
  readonly sumStride: number;
  readonly bAt: number;
  readonly bStride: number;
  readonly aAt: number;
  readonly columns: number;
  readonly depth: number;
}

/** Four rows at a time, four terms at a time: each value of `a` that is read serves four sums. */
function addFourRows(sum: Float64Array, b: Float64Array, a: Float64Array, place: Place): void {
  const { sumAt, sumStride, bAt, bStride, aAt, columns, depth } = place;
  let k = 0;
  for (; k + 4 <= depth; k += 4) {
    const p0 = bAt + k;
    const p1 = p0 + bStride;
    const p2 = p1 + bStride;
    const p3 = p2 + bStride;
    const b00 = b[p0] as number;
    const b01 = b[p0 + 1] as number;
    const b02 = b[p0 + 2] as number;
    const b03 = b[p0 + 3] as number;
    const b10 = b[p1] as number;
    const b11 = b[p1 + 1] as number;
    const b12 = b[p1 + 2] as number;
    const b13 = b[p1 + 3] as number;
    const b20 = b[p2] as number;
    const b21 = b[p2 + 1] as number;
    const b22 = b[p2 + 2] as number;
    const b23 = b[p2 + 3] as number;
    const b30 = b[p3] as number;
    const b31 = b[p3 + 1] as number;
    const b32 = b[p3 + 2] as number;
    const b33 = b[p3 + 3] as number;
    const a0 = aAt + k * columns;
    const a1 = a0 + columns;
    const a2 = a1 + columns;
    const a3 = a2 + columns;
    const s1 = sumAt + sumStride;
    const s2 = s1 + sumStride;
    const s3 = s2 + sumStride;
    for (let c = 0; c < columns; c++) {
      const x0 = a[a0 + c] as number;
      const x1 = a[a1 + c] as number;
      const x2 = a[a2 + c] as number;
      const x3 = a[a3 + c] as number;
      sum[sumAt + c] = (sum[sumAt + c] as number) + b00 * x0 + b01 * x1 + b02 * x2 + b03 * x3;
      sum[s1 + c] = (sum[s1 + c] as number) + b10 * x0 + b11 * x1 + b12 * x2 + b13 * x3;
      sum[s2 + c] = (sum[s2 + c] as number) + b20 * x0 + b21 * x1 + b22 * x2 + b23 * x3;
      sum[s3 + c] = (sum[s3 + c] as number) + b30 * x0 + b31 * x1 + b32 * x2 + b33 * x3;
    }
  }
  const rest = { ...place, aAt: aAt + k * columns, depth: depth - k };
  for (let row = 0; row < 4; row++) {
    addRow(sum, b, a, { ...rest, sumAt: sumAt + row * sumStride, bAt: bAt + row * bStride + k });
  }
}

function addRow(sum: Float64Array, b: Float64Array, a: Float64Array, place: Place): void {
  const { sumAt, bAt, aAt, columns, depth } = place;
  for (let k = 0; k < depth; k++) {
    const factor = b[bAt + k] as number;
    for (let c = 0; c < columns; c++) {
      sum[sumAt + c] = (sum[sumAt + c] as number) + factor * (a[aAt + k * columns + c] as number);
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
