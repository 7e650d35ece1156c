/**
 * The element types that files hold; floating-point numbers of 16 and 8 bits are widened to float32 when
 * read, which is exact.
 */
export type StateData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

/**
 * An array as files hold it: what `ndarray` is, with any of the element types. Every tensor is one;
 * {@link toTensor} makes a tensor of one.
 */
export interface StateArray {
  /** The elements, in the file's type, in any order and with others between them. */
  readonly data: StateData;
  /** The size of each axis. */
  readonly shape: readonly number[];
  /** In elements, by axis. */
  readonly stride: readonly number[];
  /** Of the first element in `data`. */
  readonly offset: number;
  /** How many elements. */
  readonly size: number;
}

/**
 * True for an array with axes over a typed array, of whatever element type: an `ndarray`, or what the readers
 * of files give.
 */
export function isStateArray(value: unknown): value is StateArray {
  if (typeof value !== "object" || value === null) return false;
  const { data, shape, stride, offset } = value as Partial<StateArray>;
  return isTypedArray(data) && Array.isArray(shape) && Array.isArray(stride) && typeof offset === "number";
}

/** True for a typed array of numbers or 64-bit integers, from whichever realm. */
export function isTypedArray(value: unknown): value is ArrayBufferView & ArrayLike<number | bigint> {
  return ArrayBuffer.isView(value) && !/DataView/.test(Object.prototype.toString.call(value));
}
