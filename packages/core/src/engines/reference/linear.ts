/** A matrix product with the weight transposed, summed in float64 and rounded once. */
export function linear(
  x: Float32Array,
  weight: Float32Array,
  bias: Float32Array | undefined,
  out: Float32Array,
  sizes: { readonly rows: number; readonly inFeatures: number; readonly outFeatures: number },
): void {
  const { rows, inFeatures, outFeatures } = sizes;
  for (let r = 0; r < rows; r++) {
    for (let o = 0; o < outFeatures; o++) {
      let sum = 0;
      for (let i = 0; i < inFeatures; i++) {
        sum += (x[r * inFeatures + i] as number) * (weight[o * inFeatures + i] as number);
      }
      out[r * outFeatures + o] = sum + (bias?.[o] ?? 0);
    }
  }
}
