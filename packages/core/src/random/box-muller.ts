import { fma } from "./fma.js";

/**
 * PyTorch's vectorised Box-Muller transform: 8 pairs of uniform float32 draws in
 * `block[start..start + 16)` become 16 normal ones. Pair i is entries i and i + 8. Every step is rounded to
 * float32 where the AVX2 code rounds.
 */
export function boxMuller16(block: Float32Array, start: number, mean: number, std: number): void {
  for (let i = start; i < start + 8; i++) {
    const logarithm = log(Math.fround(1 - (block[i] as number)));
    const radius = Math.fround(Math.sqrt(Math.fround(-2 * logarithm)));
    const [sine, cosine] = sineAndCosine(Math.fround(twoPi * (block[i + 8] as number)));
    block[i] = fma(Math.fround(radius * cosine), std, mean);
    block[i + 8] = fma(Math.fround(radius * sine), std, mean);
  }
}

const { fround } = Math;
const twoPi = fround(2 * Math.PI);

// The coefficients are those of S. Moshier's Cephes library (logf.c, sinf.c), which avx_mathfun vectorises.
const logPolynomial = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
].map(fround);
const ln2Low = fround(-2.1219444e-4);
const ln2High = fround(0.693359375);
const sqrtHalf = fround(Math.SQRT1_2);

const word = new Float32Array(1);
const bits = new Uint32Array(word.buffer);

/** The natural logarithm of a normal float32 in (0, 1]. */
function log(value: number): number {
  word[0] = value;
  let exponent = ((bits[0] as number) >>> 23) - 126;
  bits[0] = ((bits[0] as number) & 0x007fffff) | 0x3f000000;
  const mantissa = word[0] as number;
  let x = fround(mantissa - 1);
  if (mantissa < sqrtHalf) {
    exponent -= 1;
    x = fround(x + mantissa);
  }
  const z = fround(x * x);
  let y = logPolynomial[0] as number;
  for (let i = 1; i < logPolynomial.length; i++) y = fma(y, x, logPolynomial[i] as number);
  y = fma(fround(y * x), z, fround(exponent * ln2Low));
  y = fma(-z, 0.5, y);
  return fma(exponent, ln2High, fround(x + y));
}

const fourOverPi = fround(4 / Math.PI);
// pi / 4 in three parts, for a reduction without loss.
const quarterPi = [-0.78515625, -2.4187564849853516e-4, -3.774894977445941e-8].map(fround);
const sinePolynomial = [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1].map(fround);
const cosinePolynomial = [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2].map(fround);

/** Sine and cosine of a float32 of at least 0. */
function sineAndCosine(angle: number): readonly [sine: number, cosine: number] {
  const octant = (Math.trunc(fround(angle * fourOverPi)) + 1) & ~1;
  let x = angle;
  for (const part of quarterPi) x = fma(octant, part, x);
  const z = fround(x * x);
  const viaCosine = fround(fma(fround(horner(cosinePolynomial, z) * z), z, -fround(z * 0.5)) + 1);
  const viaSine = fma(fround(horner(sinePolynomial, z) * z), x, x);
  const swapped = (octant & 2) !== 0;
  const sine = swapped ? viaCosine : viaSine;
  const cosine = swapped ? viaSine : viaCosine;
  return [octant & 4 ? -sine : sine, (octant + 2) & 4 ? -cosine : cosine];
}

function horner(coefficients: readonly number[], z: number): number {
  let y = coefficients[0] as number;
  for (let i = 1; i < coefficients.length; i++) y = fma(y, z, coefficients[i] as number);
  return y;
}
