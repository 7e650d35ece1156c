import { elementSizes, type SmallFloatType } from "./element-types.js";

/** A sign, an exponent and a fraction; what stands for infinity and for no number differs. */
interface Layout {
  readonly fractionBits: number;
  readonly exponentBits: number;
  readonly bias: number;
  /** `ieee`: the largest exponent is infinity, or NaN with a fraction. `fn`: only all ones are NaN. `fnuz`: only a negative zero is. */
  readonly special: "ieee" | "fn" | "fnuz";
}

/**
 * @see https://arxiv.org/abs/2209.05433 (fn and e5m2), https://arxiv.org/abs/2206.02915 (fnuz), and, for e8m0,
 *   https://www.opencompute.org/documents/ocp-microscaling-formats-mx-v1-0-spec-final-pdf
 */
const layouts: Readonly<Record<Exclude<SmallFloatType, "bfloat16" | "float8_e8m0fnu">, Layout>> = {
  float16: { exponentBits: 5, fractionBits: 10, bias: 15, special: "ieee" },
  float8_e4m3fn: { exponentBits: 4, fractionBits: 3, bias: 7, special: "fn" },
  float8_e4m3fnuz: { exponentBits: 4, fractionBits: 3, bias: 8, special: "fnuz" },
  float8_e5m2: { exponentBits: 5, fractionBits: 2, bias: 15, special: "ieee" },
  float8_e5m2fnuz: { exponentBits: 5, fractionBits: 2, bias: 16, special: "fnuz" },
};

/** The numbers that the little-endian bit patterns in `bytes` stand for, each exact in float32; nothing else is allocated. */
export function decodeSmallFloats(bytes: Uint8Array, type: SmallFloatType): Float32Array {
  const size = elementSizes[type];
  const out = new Float32Array(bytes.length / size);
  const numberOf = numberFor(type);
  for (let i = 0; i < out.length; i++) {
    const low = bytes[size * i] as number;
    out[i] = numberOf(size === 1 ? low : low | ((bytes[2 * i + 1] as number) << 8));
  }
  return out;
}

function numberFor(type: SmallFloatType): (bits: number) => number {
  if (type === "bfloat16") {
    // The upper half of a float32.
    const view = new DataView(new ArrayBuffer(4));
    return (bits) => {
      view.setUint16(0, bits);
      return view.getFloat32(0);
    };
  }
  // An exponent alone.
  if (type === "float8_e8m0fnu") return (bits) => (bits === 255 ? Number.NaN : 2 ** (bits - 127));
  const { fractionBits, exponentBits, bias, special } = layouts[type];
  const largest = 2 ** exponentBits - 1;
  const ones = 2 ** fractionBits - 1;
  const signBit = 1 << (exponentBits + fractionBits);
  const scales = Array.from({ length: largest + 1 }, (_, e) => 2 ** (Math.max(e, 1) - bias - fractionBits));
  return (bits) => {
    const sign = bits & signBit ? -1 : 1;
    const exponent = (bits >> fractionBits) & largest;
    const fraction = bits & ones;
    if (special === "fnuz" && bits === signBit) return Number.NaN;
    if (exponent === largest && special === "ieee")
      return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    if (exponent === largest && special === "fn" && fraction === ones) return Number.NaN;
    // The smallest exponent has no implicit one.
    return sign * (exponent === 0 ? fraction : ones + 1 + fraction) * (scales[exponent] as number);
  };
}
