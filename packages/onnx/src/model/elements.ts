import { FormatError } from "@convfuse/core";
import { DataType, elementSize, typeName } from "./data-type.js";

/**
 * Elements as raw data has them, little-endian, widened to float64: exact but for integers beyond 2^53.
 * @param bytes the elements, one behind the other
 * @param type the elements' type, by its number in ONNX's schema: {@link DataType}
 * @returns float64, one an element
 * @throws {FormatError} if the type has no numbers, or is not known
 * @example
 * [...decodeElements(Uint8Array.of(0, 60, 0, 65), DataType.float16)]; // [1, 2.5]
 */
export function decode(bytes: Uint8Array, type: number): Float64Array {
  const size = elementSize(type);
  if (size === undefined)
    throw new FormatError("fuseOnnx", "no numbers of this type are read", { type: typeName(type) });
  const out = new Float64Array(Math.floor(bytes.length / size));
  decodeInto(out, bytes, type, size);
  return out;
}

/**
 * The same into an array, as many as that holds.
 * @param size bytes of an element of the type
 */
export function decodeInto(out: Float64Array, bytes: Uint8Array, type: number, size: number): void {
  const length = out.length * size;
  if (type === DataType.double) {
    new Uint8Array(out.buffer, out.byteOffset, length).set(bytes.subarray(0, length));
    return;
  }
  if (type === DataType.float) {
    decodeFloats(out, bytes);
    return;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  const read = readers.get(type) as (view: DataView, at: number) => number;
  for (let i = 0; i < out.length; i++) out[i] = read(view, i * size);
}

/** Floats are copied here, 4,096 at a time: at this address, a multiple of their size, typed arrays can read them. */
const aligned = new Float32Array(2 ** 12);
const alignedBytes = new Uint8Array(aligned.buffer);

/** Typed arrays widen many times as fast as single reads, but not at any address. */
function decodeFloats(out: Float64Array, bytes: Uint8Array): void {
  if (bytes.byteOffset % 4 === 0) {
    out.set(new Float32Array(bytes.buffer, bytes.byteOffset, out.length));
    return;
  }
  for (let start = 0; start < out.length; start += aligned.length) {
    const count = Math.min(aligned.length, out.length - start);
    alignedBytes.set(bytes.subarray(4 * start, 4 * (start + count)));
    out.set(aligned.subarray(0, count), start);
  }
}

const readers: ReadonlyMap<number, (view: DataView, at: number) => number> = new Map([
  [DataType.float, (view: DataView, at: number) => view.getFloat32(at, true)],
  [DataType.double, (view: DataView, at: number) => view.getFloat64(at, true)],
  [DataType.float16, (view: DataView, at: number) => fromFloat16(view.getUint16(at, true))],
  [DataType.bfloat16, (view: DataView, at: number) => fromBfloat16(view.getUint16(at, true))],
  [DataType.uint8, (view: DataView, at: number) => view.getUint8(at)],
  [DataType.bool, (view: DataView, at: number) => view.getUint8(at)],
  [DataType.int8, (view: DataView, at: number) => view.getInt8(at)],
  [DataType.uint16, (view: DataView, at: number) => view.getUint16(at, true)],
  [DataType.int16, (view: DataView, at: number) => view.getInt16(at, true)],
  [DataType.uint32, (view: DataView, at: number) => view.getUint32(at, true)],
  [DataType.int32, (view: DataView, at: number) => view.getInt32(at, true)],
  [DataType.uint64, (view: DataView, at: number) => Number(view.getBigUint64(at, true))],
  [DataType.int64, (view: DataView, at: number) => Number(view.getBigInt64(at, true))],
]);

/**
 * The values as raw data has them: those of a float type rounded once, to nearest, ties to even. Shares memory where they are that already.
 * @param values one an element
 * @param type the elements' type, by its number in ONNX's schema: {@link DataType}
 * @returns the elements' bytes, little-endian, one behind the other
 * @example
 * [...encodeElements(Float64Array.of(1, 2.5), DataType.float16)]; // [0, 60, 0, 65]
 */
export function encode(values: Float64Array | Float32Array, type: number): Uint8Array {
  switch (type) {
    case DataType.double:
      return bytesOf(values instanceof Float64Array ? values : new Float64Array(values));
    case DataType.float:
      return bytesOf(values instanceof Float32Array ? values : new Float32Array(values));
    case DataType.float16:
      return new Uint8Array(Uint16Array.from(values, toFloat16).buffer);
    case DataType.bfloat16:
      return new Uint8Array(Uint16Array.from(values, toBfloat16).buffer);
    default:
      return encodeIntegers(values, type);
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array | Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function encodeIntegers(values: Float64Array | Float32Array, type: number): Uint8Array {
  const size = elementSize(type) as number;
  const out = new Uint8Array(values.length * size);
  for (const [i, value] of values.entries()) {
    // Two's complement, lowest byte first.
    let rest = BigInt(value);
    for (let byte = 0; byte < size; byte++) {
      out[i * size + byte] = Number(rest & 0xffn);
      rest >>= 8n;
    }
  }
  return out;
}

/** A number rounded to a float type once. */
export function roundTo(value: number, type: number): number {
  switch (type) {
    case DataType.float:
      return Math.fround(value);
    case DataType.float16:
      return fromFloat16(toFloat16(value));
    case DataType.bfloat16:
      return fromBfloat16(toBfloat16(value));
    default:
      return value;
  }
}

export function fromFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The float16 nearest to a float64, rounded once (over float32 it could be rounded twice); beyond 65,504 infinite from 65,520 on. */
export function toFloat16(value: number): number {
  return nearestBits(value, 10, 5);
}

const scratch = new DataView(new ArrayBuffer(4));

export function fromBfloat16(bits: number): number {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}

/** The bfloat16 nearest to a float64, rounded once. */
export function toBfloat16(value: number): number {
  return nearestBits(value, 7, 8);
}

/** The bits of the nearest number with `fractionBits` bits of fraction and `exponentBits` of exponent: ties to even, underflow gradual, overflow to infinity. */
function nearestBits(value: number, fractionBits: number, exponentBits: number): number {
  const bias = 2 ** (exponentBits - 1) - 1;
  const infinite = (2 ** exponentBits - 1) * 2 ** fractionBits;
  const sign = value < 0 || Object.is(value, -0) ? 2 ** (fractionBits + exponentBits) : 0;
  if (Number.isNaN(value)) return infinite + 2 ** (fractionBits - 1);
  const magnitude = Math.abs(value);
  if (magnitude === Number.POSITIVE_INFINITY) return sign + infinite;
  if (magnitude === 0) return sign;
  // The exponent as the number itself has it, not below the one at which numbers become subnormal.
  const exponent = Math.max(exponentOf(magnitude), 1 - bias);
  const units = halfToEven(magnitude * 2 ** (fractionBits - exponent));
  // A fraction that rounds up to 2 carries into the exponent by itself, also from subnormal to normal and from largest to infinite.
  const bits = (exponent + bias - 1) * 2 ** fractionBits + units;
  return sign + Math.min(bits, infinite);
}

const wide = new DataView(new ArrayBuffer(8));

/** floor(log2(x)) of a positive finite number, exact; -1023 for subnormal float64. */
function exponentOf(x: number): number {
  wide.setFloat64(0, x);
  return ((wide.getUint16(0) >> 4) & 0x7ff) - 1023;
}

function halfToEven(x: number): number {
  const down = Math.floor(x);
  const rest = x - down;
  if (rest !== 0.5) return rest < 0.5 ? down : down + 1;
  return down % 2 === 0 ? down : down + 1;
}
