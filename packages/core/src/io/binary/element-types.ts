import { FormatError, TensorTypeError } from "../../errors.js";
import type { StateData } from "../../tensor/state-array.js";
import { product } from "../../tensor/tensor.js";

/** How elements lie in a file, by PyTorch's names of the types: row-major. */
export type ElementType = SmallFloatType | "float32" | "float64" | IntegerType | "bool";

/** Floating-point types of at most 16 bits: read as float32, which holds each of their numbers. */
export type SmallFloatType =
  | "float16"
  | "bfloat16"
  | "float8_e4m3fn"
  | "float8_e4m3fnuz"
  | "float8_e5m2"
  | "float8_e5m2fnuz"
  | "float8_e8m0fnu";

type IntegerType = "int8" | "int16" | "int32" | "int64" | "uint8" | "uint16" | "uint32" | "uint64";

/** Bytes an element. */
export const elementSizes: Readonly<Record<ElementType, number>> = {
  float16: 2,
  bfloat16: 2,
  float8_e4m3fn: 1,
  float8_e4m3fnuz: 1,
  float8_e5m2: 1,
  float8_e5m2fnuz: 1,
  float8_e8m0fnu: 1,
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
 * @throws {FormatError} if an axis is no whole number of at least 0, or the elements would not fit into
 *   `available` bytes
 */
export function declaredSize(
  format: string,
  shape: readonly unknown[],
  type: ElementType,
  available: number,
): number {
  const size = uncheckedSize(format, shape);
  if (shape.length > mostAxes || !(size * elementSizes[type] <= available)) {
    throw new FormatError(format, "the shape declares more than the file holds", {
      shape: [...shape],
      available,
    });
  }
  return size;
}

/**
 * The same of a tensor whose elements may share memory, as PyTorch's `expand` makes them: any number that can
 * be counted.
 */
export function expandedSize(format: string, shape: readonly unknown[]): number {
  const size = uncheckedSize(format, shape);
  if (shape.length > mostAxes || !Number.isSafeInteger(size)) {
    throw new FormatError(format, "the shape declares more than any array has", { shape: [...shape] });
  }
  return size;
}

/** More axes than any array has. */
const mostAxes = 32;

function uncheckedSize(format: string, shape: readonly unknown[]): number {
  for (const size of shape) {
    if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) {
      throw new FormatError(format, "every axis size must be a whole number, 0 or more", {
        shape: [...shape],
      });
    }
  }
  return product(shape as readonly number[]);
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

  /**
   * The name under which an array is written.
   * @throws {TensorTypeError} if the array's elements are of no such type
   */
  nameOf(op: string, data: StateData): string {
    // The built-in tag, since a subclass such as Node's Buffer has another constructor.
    const tag = Object.prototype.toString.call(data);
    const type = /^\[object (?:Big)?(\w+?)(?:Clamped)?Array\]$/.exec(tag)?.[1]?.toLowerCase();
    const name = this.#names.get(type as ElementType);
    if (name === undefined) {
      throw new TensorTypeError(op, "the array's elements must be in a typed array", { data });
    }
    return name;
  }
}
