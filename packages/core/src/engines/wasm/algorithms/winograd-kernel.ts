/** Puts U = G g G^T of one 3x3 kernel, row by row, to `out[to]`, `out[to + step]`, ... */
export type KernelTransform = (
  weight: Float32Array,
  from: number,
  out: Float32Array,
  to: number,
  step: number,
) => void;

/** The transform of kernels by a matrix G of three columns, in float64, rounded once. */
export function kernelTransform(rows: readonly (readonly number[])[]): KernelTransform {
  // Flat, as a network has a million kernels.
  const matrix = Float64Array.from(rows.flat());
  const half = new Float64Array(matrix.length);
  return (weight, from, out, to, step) => {
    for (let i = 0; i < matrix.length; i += 3) {
      for (let j = 0; j < 3; j++) {
        half[i + j] =
          (matrix[i] as number) * (weight[from + j] as number) +
          (matrix[i + 1] as number) * (weight[from + 3 + j] as number) +
          (matrix[i + 2] as number) * (weight[from + 6 + j] as number);
      }
    }
    let at = to;
    for (let i = 0; i < matrix.length; i += 3) {
      for (let j = 0; j < matrix.length; j += 3) {
        out[at] =
          (matrix[j] as number) * (half[i] as number) +
          (matrix[j + 1] as number) * (half[i + 1] as number) +
          (matrix[j + 2] as number) * (half[i + 2] as number);
        at += step;
      }
    }
  };
}
