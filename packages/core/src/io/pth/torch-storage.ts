import { FormatError } from "../../errors.js";
import type { StateArray, StateData } from "../../tensor/state-array.js";
import type { Budget } from "../binary/budget.js";
import { decodedBytes, decodeElements, reversedElements } from "../binary/decode.js";
import { type ElementType, elementSizes } from "../binary/element-types.js";
import { PickledObject, type PickledValue } from "../pickle/pickled.js";

const storageTypes: Readonly<Record<string, ElementType>> = {
  Half: "float16",
  BFloat16: "bfloat16",
  Float: "float32",
  Double: "float64",
  Char: "int8",
  Short: "int16",
  Int: "int32",
  Long: "int64",
  Byte: "uint8",
  Bool: "bool",
};

/** Bytes an element of storages whose elements this library has no numbers for. */
const otherSizes: Readonly<Record<string, number>> = {
  Untyped: 1,
  ComplexFloat: 8,
  ComplexDouble: 16,
  QInt8: 1,
  QUInt8: 1,
  QInt32: 4,
  QUInt4x2: 1,
  QUInt2x4: 1,
};

/**
 * A reference to a storage, as pickles have it: `('storage', type, key, place, length)`, and before PyTorch
 * 1.6 a view on it.
 */
export interface StorageId {
  readonly name: string;
  /** Undefined: its tensors say it, or this library has no such numbers. */
  readonly type: ElementType | undefined;
  readonly elementSize: number;
  readonly key: string;
  /** In elements. */
  readonly length: number;
  /** Which part of the storage is meant. */
  readonly view: { readonly offset: number; readonly length: number } | undefined;
}

/** @throws {FormatError} if it is no such reference */
export function storageId(format: string, id: PickledValue): StorageId {
  const [kind, storage, key, , length, view] = Array.isArray(id) ? (id as readonly PickledValue[]) : [];
  const [, kindOfStorage = ""] =
    /^torch\.(?:\w+\.)*(\w+)Storage$/.exec(storage instanceof PickledObject ? storage.name : "") ?? [];
  const type = Object.hasOwn(storageTypes, kindOfStorage) ? storageTypes[kindOfStorage] : undefined;
  const elementSize = type ? elementSizes[type] : otherSizes[kindOfStorage];
  if (kind !== "storage" || elementSize === undefined || typeof key !== "string" || !isLength(length))
    throw new FormatError(format, "a reference must name a storage: its type, key, place and length");
  const { name } = storage as PickledObject;
  if (!Array.isArray(view)) return { name, type, elementSize, key, length, view: undefined };
  const [, offset, viewLength] = view as readonly PickledValue[];
  if (!isLength(offset) || !isLength(viewLength) || offset + viewLength > length)
    throw new FormatError(format, "a view on a storage must lie inside it", {
      key,
      offset,
      viewLength,
      length,
    });
  return { name, type, elementSize, key, length, view: { offset, length: viewLength } };
}

function isLength(value: PickledValue | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** A file's memory that tensors lie in: decoded once for every type under which they do. */
export class TorchStorage extends PickledObject {
  readonly type: ElementType | undefined;
  readonly #bytes: Uint8Array;
  readonly #bigEndian: boolean;
  readonly #budget: Budget;
  readonly #decoded = new Map<string, StateData>();

  /** @param bytes what the file holds of it */
  constructor(format: string, id: StorageId, bytes: Uint8Array, bigEndian: boolean, budget: Budget) {
    super(id.name, []);
    const size = id.elementSize;
    if (!(id.length * size <= bytes.length)) {
      throw new FormatError(format, "a storage is longer than the file says", {
        key: id.key,
        length: id.length,
        available: bytes.length,
      });
    }
    const { offset, length } = id.view ?? { offset: 0, length: id.length };
    this.#bytes = bytes.subarray(offset * size, (offset + length) * size);
    this.type = id.type;
    this.#bigEndian = bigEndian;
    this.#budget = budget;
  }

  /** How many elements of a type it holds. */
  lengthAs(type: ElementType): number {
    return Math.floor(this.#bytes.length / elementSizes[type]);
  }

  /** Its elements, or all of them with the opposite sign. */
  elements(type: ElementType, negative: boolean): StateArray["data"] {
    const key = `${type} ${negative}`;
    const known = this.#decoded.get(key);
    if (known !== undefined) return known;
    const length = this.lengthAs(type);
    const size = elementSizes[type];
    this.#budget.take(decodedBytes(length, type));
    const bytes = this.#bytes.subarray(0, length * size);
    const elements = decodeElements(this.#bigEndian ? reversedElements(bytes, size) : bytes, type);
    if (negative) negate(elements);
    this.#decoded.set(key, elements);
    return elements;
  }
}

function negate(elements: StateData): void {
  for (let i = 0; i < elements.length; i++) elements[i] = -(elements[i] as number) as never;
}
