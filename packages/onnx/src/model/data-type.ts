/** ONNX's element types that this package computes with, by their numbers in the schema. */
export const DataType = {
  undefined: 0,
  float: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  double: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
} as const;

/**
 * Bytes an element as raw data has it; undefined: strings, complex numbers, and types of less than a byte or
 * of eight bits that are no integers.
 */
const sizes: ReadonlyMap<number, number> = new Map([
  [DataType.float, 4],
  [DataType.uint8, 1],
  [DataType.int8, 1],
  [DataType.uint16, 2],
  [DataType.int16, 2],
  [DataType.int32, 4],
  [DataType.int64, 8],
  [DataType.bool, 1],
  [DataType.float16, 2],
  [DataType.double, 8],
  [DataType.uint32, 4],
  [DataType.uint64, 8],
  [DataType.bfloat16, 2],
]);

/** The types of whole numbers that have no sign. */
const unsigned: ReadonlySet<number> = new Set([
  DataType.uint8,
  DataType.uint16,
  DataType.uint32,
  DataType.uint64,
]);

const names: ReadonlyMap<number, string> = new Map(
  Object.entries(DataType).map(([name, type]) => [type, name]),
);

/** Bytes an element; undefined where this package does not read the type. */
export function elementSize(type: number): number | undefined {
  return sizes.get(type);
}

/** The type's name, as a report says it. */
export function typeName(type: number): string {
  return names.get(type) ?? `type ${type}`;
}

/** True for the types that weights of a fused convolution may have. */
export function isFloat(type: number | undefined): boolean {
  return (
    type === DataType.float ||
    type === DataType.double ||
    type === DataType.float16 ||
    type === DataType.bfloat16
  );
}

/**
 * A number without its fraction, as an integer type of up to eight bytes has it; NaN for what is beyond the
 * type.
 */
export function wholeNumber(value: number, type: number): number {
  const whole = Math.trunc(value);
  const bits = 8 * (elementSize(type) ?? 0);
  const [least, beyond] = unsigned.has(type) ? [0, 2 ** bits] : [-(2 ** (bits - 1)), 2 ** (bits - 1)];
  return whole >= least && whole < beyond ? whole : Number.NaN;
}
