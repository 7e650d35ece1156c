import { elementSizes, type SmallFloatType } from "./element-types.js";

/** A sign, an exponent and a fraction; what stands for infinity and for no number differs. */
interface Layout {
  readonly fractionBits: number;
  readonly exponentBits: number;
  readonly bias: number;
  /**
   * `ieee`: the largest exponent is infinity, or NaN with a fraction. `fn`: only all ones are NaN. `fnuz`:
   * only a negative zero is.
   */
  readonly special: "ieee" | "fn" | "fnuz";
}

/**
 * @see https://arxiv.org/abs/2209.05433 (fn and e5m2), https://arxiv.org/abs/2206.02915 (fnuz), and, for
 *   e8m0, https://www.opencompute.org/documents/ocp-microscaling-formats-mx-v1-0-spec-final-pdf
 */
const layouts: Readonly<Record<Exclude<SmallFloatType, "bfloat16" | "float8_e8m0fnu">, Layout>> = {
  float16: { exponentBits: 5, fractionBits: 10, bias: 15, special: "ieee" },
  float8_e4m3fn: { exponentBits: 4, fractionBits: 3, bias: 7, special: "fn" },
  float8_e4m3fnuz: { exponentBits: 4, fractionBits: 3, bias: 8, special: "fnuz" },
  float8_e5m2: { exponentBits: 5, fractionBits: 2, bias: 15, special: "ieee" },
  float8_e5m2fnuz: { exponentBits: 5, fractionBits: 2, bias: 16, special: "fnuz" },
};

/**
 * The numbers that the little-endian bit patterns in `bytes` stand for, each exact in float32; nothing else
 * is allocated.
 */
export function decodeSmallFloats(bytes: Uint8Array, type: SmallFloatType): Float32Array {
  const out = new Float32Array(bytes.length / elementSizes[type]);
  const words = new Int32Array(out.buffer);
  if (type === "bfloat16") {
    // The upper half of a float32.
    for (let i = 0; i < out.length; i++) words[i] = pattern16(bytes, i) << 16;
  } else if (type === "float8_e8m0fnu") {
    // An exponent alone; the smallest is below float32's normal ones.
    for (let i = 0; i < out.length; i++) {
      const bits = bytes[i] as number;
      if (bits === 0 || bits === 255) out[i] = bits === 0 ? 2 ** -127 : Number.NaN;
      else words[i] = bits << 23;
    }
  } else if (elementSizes[type] === 1) {
    for (let i = 0; i < out.length; i++) decodeOne(bytes[i] as number, layouts[type], out, words, i);
  } else {
    for (let i = 0; i < out.length; i++) decodeOne(pattern16(bytes, i), layouts[type], out, words, i);
  }
  return out;
}

function pattern16(bytes: Uint8Array, i: number): number {
  return (bytes[2 * i] as number) | ((bytes[2 * i + 1] as number) << 8);
}

/** Most numbers are a float32 of the same fraction, whose exponent counts from another zero. */
function decodeOne(bits: number, layout: Layout, out: Float32Array, words: Int32Array, i: number): void {
  const { fractionBits, exponentBits, bias, special } = layout;
  const largest = (1 << exponentBits) - 1;
  const ones = (1 << fractionBits) - 1;
  const sign = bits >> (exponentBits + fractionBits);
  const exponent = (bits >> fractionBits) & largest;
  const fraction = bits & ones;
  if (exponent === largest && special === "ieee") {
    out[i] = fraction !== 0 ? Number.NaN : sign !== 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  } else if (exponent === largest && special === "fn" && fraction === ones) out[i] = Number.NaN;
  else if (exponent !== 0) {
    words[i] = (sign << 31) | ((exponent - bias + 127) << 23) | (fraction << (23 - fractionBits));
  } else if (special === "fnuz" && sign !== 0 && fraction === 0) out[i] = Number.NaN;
  // The smallest exponent has no implicit one.
  else out[i] = (sign !== 0 ? -fraction : fraction) * 2 ** (1 - bias - fractionBits);
}
