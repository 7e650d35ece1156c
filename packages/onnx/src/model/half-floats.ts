/** A float type of 16 bits: how its numbers are laid out. */
interface Format {
  readonly fractionBits: number;
  /**
   * The exponent's offset: the smallest normal number is 2^(1 - bias), all finite ones lie below
   * 2^(bias + 1).
   */
  readonly bias: number;
  /** The bits of infinity. */
  readonly infinite: number;
  /**
   * For each exponent from 1 - bias on: 2^(fractionBits - exponent), which makes a whole number of what the
   * type can hold.
   */
  readonly scales: Float64Array;
}

const float16 = formatOf(10, 5);
const bfloat16 = formatOf(7, 8);

function formatOf(fractionBits: number, exponentBits: number): Format {
  const bias = 2 ** (exponentBits - 1) - 1;
  const scales = Float64Array.from({ length: 2 * bias }, (_, i) => 2 ** (fractionBits - (1 - bias + i)));
  return { fractionBits, bias, infinite: (2 ** exponentBits - 1) * 2 ** fractionBits, scales };
}

/**
 * Every float16, by its bits. A file holds millions of them, so each is worked out once, when the first is
 * asked for.
 */
let numbers: Float32Array | undefined;

export function fromFloat16(bits: number): number {
  numbers ??= Float32Array.from({ length: 2 ** 16 }, (_, i) => numberOf(i));
  return numbers[bits] as number;
}

function numberOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/**
 * The float16 nearest to a float64, rounded once (over float32 it could be rounded twice); beyond 65,504
 * infinite from 65,520 on.
 */
export function toFloat16(value: number): number {
  return nearestBits(value, float16);
}

const single = new Float32Array(1);
const singleBits = new Uint32Array(single.buffer);

/** A bfloat16 is the upper half of a float32. */
export function fromBfloat16(bits: number): number {
  singleBits[0] = bits << 16;
  return single[0] as number;
}

/** The bfloat16 nearest to a float64, rounded once. */
export function toBfloat16(value: number): number {
  return nearestBits(value, bfloat16);
}

const double = new Float64Array(1);
const doubleBits = new Uint32Array(double.buffer);

/**
 * From here on float64 holds whole numbers only: adding it rounds to one, ties to even, as the machine
 * rounds.
 */
const wholeFrom = 2 ** 52;

/** The bits of the nearest number of a type: ties to even, underflow gradual, overflow to infinity. */
function nearestBits(value: number, { fractionBits, bias, infinite, scales }: Format): number {
  double[0] = value;
  // Little-endian, as all that Node runs on: sign and exponent are in the second half.
  const high = doubleBits[1] as number;
  const sign = high >>> 31 === 1 ? 0x8000 : 0;
  if (Number.isNaN(value)) return infinite + (1 << (fractionBits - 1));
  const exponent = ((high >>> 20) & 0x7ff) - 1023;
  if (exponent > bias) return sign + infinite;
  // Below the smallest normal number all have its exponent.
  const step = Math.max(exponent + bias - 1, 0);
  const units = Math.abs(value) * (scales[step] as number) + wholeFrom - wholeFrom;
  // A fraction that rounds up to 2 carries into the exponent by itself, also from subnormal to normal and
  // from largest to infinite.
  return sign + (step << fractionBits) + units;
}
