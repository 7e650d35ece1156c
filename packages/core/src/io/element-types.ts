import ndarray from "ndarray";
import { FormatError } from "../errors.js";
import type { StateArray, StateData } from "../nn/state-dict.js";
import { product } from "../tensor/tensor.js";

/** How elements lie in a file: always little-endian, row-major. */
export type ElementType =
  | "float16"
  | "bfloat16"
  | "float32"
  | "float64"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "bool";

/** Bytes an element. */
export const elementSizes: Readonly<Record<ElementType, number>> = {
  float16: 2,
  bfloat16: 2,
  float32: 4,
  float64: 8,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
  bool: 1,
};

/**
 * The number of elements of a shape that a file declares, before anything is allocated.
 * @throws {FormatError} if an axis is no whole number of at least 0, or the elements would not fit into `available` bytes
 */
export function declaredSize(
  format: string,
  shape: readonly unknown[],
  type: ElementType,
  available: number,
): number {
  for (const size of shape) {
    if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) {
      throw new FormatError(format, "every axis size must be a whole number, 0 or more", {
        shape: [...shape],
      });
    }
  }
  const size = product(shape as readonly number[]);
  if (shape.length > 32 || !(size * elementSizes[type] <= available)) {
    throw new FormatError(format, "the shape declares more than the file holds", {
      shape: [...shape],
      available,
    });
  }
  return size;
}

/** The names under which a format knows element types, for reading and for writing. */
export class TypeNames {
  readonly #types: ReadonlyMap<string, ElementType>;
  readonly #names: ReadonlyMap<ElementType, string>;

  constructor(names: Readonly<Partial<Record<ElementType, string>>>) {
    const pairs = Object.entries(names) as [ElementType, string][];
    this.#names = new Map(pairs);
    this.#types = new Map(pairs.map(([type, name]) => [name, type]));
  }

  /** The type of a name; undefined: the format knows no such name, or this library no such numbers. */
  typeOf(name: string): ElementType | undefined {
    return this.#types.get(name);
  }

  /** The name under which an array is written. */
  nameOf(data: StateData): string {
    return this.#names.get(typeOfData(data)) as string;
  }
}

/** How many bytes so many elements take once they are decoded: half precision becomes float32. */
export function decodedBytes(size: number, type: ElementType): number {
  return size * (type === "float16" || type === "bfloat16" ? 4 : elementSizes[type]);
}

/** The elements in `bytes` as an array of their own; half precision widened to float32, which is exact; booleans as 0 and 1. */
export function decodeElements(bytes: Uint8Array, type: ElementType): StateData {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length / elementSizes[type];
  // A copy, since a file's elements need not be aligned; byte order is the machine's, which is little-endian wherever this runs.
  const copy = (): ArrayBuffer => bytes.slice().buffer;
  switch (type) {
    case "float16":
      return Float32Array.from({ length }, (_, i) => fromFloat16(view.getUint16(2 * i, true)));
    case "bfloat16":
      return new Float32Array(
        Uint32Array.from({ length }, (_, i) => view.getUint16(2 * i, true) << 16).buffer,
      );
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
    default:
      return new Uint8Array(copy());
  }
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

function typeOfData(data: StateData): ElementType {
  const name = data.constructor.name.replace(/^Big/, "").replace(/Array$/, "");
  return name.toLowerCase() as ElementType;
}

function fromFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
