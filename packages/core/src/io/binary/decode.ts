import ndarray from "ndarray";
import type { StateArray, StateData } from "../../tensor/state-array.js";
import { type ElementType, elementSizes } from "./element-types.js";
import { decodeSmallFloats } from "./small-floats.js";

/**
 * Bytes that `size` elements take once they are decoded: floating-point numbers of 8 and 16 bits become
 * float32.
 */
export function decodedBytes(size: number, type: ElementType): number {
  return size * (/^b?float(16|8)/.test(type) ? 4 : elementSizes[type]);
}

/**
 * The little-endian elements in `bytes` as an array of their own; floating-point numbers of 8 and 16 bits
 * widened to float32, which is exact; booleans as 0 and 1.
 */
export function decodeElements(bytes: Uint8Array, type: ElementType): StateData {
  // A copy, since a file's elements need not be aligned; byte order is the machine's, which is little-endian
  // wherever this runs.
  const copy = (): ArrayBuffer => bytes.slice().buffer;
  switch (type) {
    case "float32":
      return new Float32Array(copy());
    case "float64":
      return new Float64Array(copy());
    case "int8":
      return new Int8Array(copy());
    case "int16":
      return new Int16Array(copy());
    case "int32":
      return new Int32Array(copy());
    case "int64":
      return new BigInt64Array(copy());
    case "uint16":
      return new Uint16Array(copy());
    case "uint32":
      return new Uint32Array(copy());
    case "uint64":
      return new BigUint64Array(copy());
    case "uint8":
    case "bool":
      return new Uint8Array(copy());
    default:
      return decodeSmallFloats(bytes, type);
  }
}

/** A copy with the bytes of each element in the opposite order. */
export function reversedElements(bytes: Uint8Array, size: number): Uint8Array {
  const out = bytes.slice();
  for (let at = 0; size > 1 && at < out.length; at += size) out.subarray(at, at + size).reverse();
  return out;
}

/** An ndarray over elements of any type. */
export function stateArray(
  data: StateData,
  shape: readonly number[],
  stride?: readonly number[],
  offset = 0,
): StateArray {
  return ndarray(data as Float32Array, [...shape], stride && [...stride], offset) as unknown as StateArray;
}
