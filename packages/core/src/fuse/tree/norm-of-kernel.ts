import type { LinearKernel } from "../../algebra/kernel.js";
import type { BatchNorm, BatchNormLayerOptions } from "../../nn/layers/norm/batch-norm.js";
import { roundedTensor } from "./rounded-tensor.js";

/** A layer of batch normalisation, of any rank. */
export type NormLayer = new (features: number, options: BatchNormLayerOptions) => BatchNorm;

/**
 * The batch norm of one factor and one shift a feature: out = (x - mean) / sqrt(var + 1) weight + bias.
 *
 * A norm is computed in float64 and rounded once, so two of them in a row are off by the roundings of their
 * results only. One norm whose factor and shift were rounded to float32 could be off by more: where x nearly
 * meets the mean, the results are small, and so is what rounding does to them. So what rounding takes from
 * the factor goes into the variance, and what it takes from the shift into the mean: both are then right to
 * some 47 bits. With eps 1 the variance is what is left over, a number just above 0.
 *
 * @param kernel of one tap, one group a feature
 * @param Layer what to make of it
 * @throws {FusionError} if a number is not finite in float32
 */
export function normOfKernel({ weight, bias, outChannels }: LinearKernel, Layer: NormLayer): BatchNorm {
  const factors = weight.map(awayFromZero);
  const variances = weight.map((factor, c) =>
    factor === 0 ? 0 : ((factors[c] as number) / factor) ** 2 - 1,
  );
  const shifts = bias ?? new Float64Array(outChannels);
  const means = shifts.map((shift, c) => {
    const mean = (Math.fround(shift) - shift) / (weight[c] as number);
    // A factor that is next to nothing leaves the shift alone, whose rounding is that of the result.
    return Number.isFinite(Math.fround(mean)) ? mean : 0;
  });
  const shape = [outChannels];
  return new Layer(outChannels, {
    eps: 1,
    weight: roundedTensor("weight", factors, shape),
    bias: roundedTensor("bias", shifts, shape),
    runningMean: roundedTensor("mean", means, shape),
    runningVar: roundedTensor("variance", variances, shape),
  });
}

/** The next number of float32 that is no nearer to zero. */
function awayFromZero(value: number): number {
  const near = Math.fround(value);
  if (Math.abs(near) >= Math.abs(value)) return near;
  const bits = new Uint32Array(Float32Array.of(near).buffer);
  // Numbers of one sign are in the order of their bits.
  bits[0] = (bits[0] as number) + 1;
  return new Float32Array(bits.buffer)[0] as number;
}
