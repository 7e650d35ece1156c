import { FormatError } from "@convfuse/core";
import { DataType, elementSize, isFloat, typeName } from "./data-type.js";
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from "./half-floats.js";

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
  if (type === DataType.float16) {
    // A loop of its own: networks have millions of these, and calling through a table takes longer than
    // reading.
    for (let i = 0; i < out.length; i++) out[i] = fromFloat16(view.getUint16(2 * i, true));
    return;
  }
  const read = readers.get(type) as (view: DataView, at: number) => number;
  for (let i = 0; i < out.length; i++) out[i] = read(view, i * size);
}

/**
 * Floats are copied here, 4,096 at a time: at this address, a multiple of their size, typed arrays can read
 * them.
 */
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
 * The values as raw data has them: those of a float type rounded once, to nearest, ties to even. Shares
 * memory where they are that already.
 * @param values one an element
 * @param type the elements' type, by its number in ONNX's schema: {@link DataType}
 * @returns the elements' bytes, little-endian, one behind the other
 * @example
 * [...encodeElements(Float64Array.of(1, 2.5), DataType.float16)]; // [0, 60, 0, 65]
 */
export function encode(values: Float64Array | Float32Array, type: number): Uint8Array {
  if (!isFloat(type)) return encodeIntegers(values, type);
  if (type === DataType.float && values instanceof Float32Array) return bytesOf(values);
  if (type === DataType.double && values instanceof Float64Array) return bytesOf(values);
  const stored = storedNumbers(type, new ArrayBuffer(values.length * (elementSize(type) as number)));
  store(values, type, stored);
  return bytesOf(stored);
}

/** Numbers as raw data of a float type has them: bits of float16 and bfloat16. */
export type StoredNumbers = Uint16Array | Float32Array | Float64Array;

/**
 * Room for numbers of a float type.
 * @param length left out: as many as there is room for
 */
export function storedNumbers(type: number, room: ArrayBuffer, length?: number): StoredNumbers {
  if (type === DataType.double) return new Float64Array(room, 0, length);
  return type === DataType.float ? new Float32Array(room, 0, length) : new Uint16Array(room, 0, length);
}

/** Rounds each number once to a float type, to nearest, ties to even. */
export function store(values: Float64Array | Float32Array, type: number, out: StoredNumbers): void {
  // Loops of their own: networks have millions of these.
  if (type === DataType.float16) for (let i = 0; i < out.length; i++) out[i] = toFloat16(values[i] as number);
  else if (type === DataType.bfloat16)
    for (let i = 0; i < out.length; i++) out[i] = toBfloat16(values[i] as number);
  else out.set(values);
}

/** The bytes that numbers are in memory, which is how raw data has them. */
export function bytesOf({ buffer, byteOffset, byteLength }: StoredNumbers): Uint8Array {
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
