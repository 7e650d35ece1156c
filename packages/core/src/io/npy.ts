import { FormatError } from "../errors.js";
import type { StateArray } from "../tensor/state-array.js";
import { Budget, largestExpansion } from "./binary/budget.js";
import { type FileBytes, plainBytes } from "./binary/bytes.js";
import { decodedBytes, decodeElements, reversedElements, stateArray } from "./binary/decode.js";
import { declaredSize, elementSizes, TypeNames } from "./binary/element-types.js";
import { encodeElements, joinBytes } from "./binary/encode.js";
import { Reader } from "./binary/reader.js";

const format = "npy";

const types = new TypeNames({
  float16: "<f2",
  float32: "<f4",
  float64: "<f8",
  int8: "|i1",
  int16: "<i2",
  int32: "<i4",
  int64: "<i8",
  uint8: "|u1",
  uint16: "<u2",
  uint32: "<u4",
  uint64: "<u8",
  bool: "|b1",
});

/** What comes first in a file: 0x93, NUMPY. */
const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/**
 * Reads a NumPy array file, versions 1 to 3, of either byte order.
 *
 * @param bytes the whole file
 * @returns the array; of Fortran order, a view with the strides that say so; float16 widened to float32
 * @throws {ArgumentError} if bytes is neither a Uint8Array nor an ArrayBuffer
 * @throws {FormatError} if the file is cut off, or holds something else than real numbers: objects, records,
 *   text, complex numbers
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 * @example
 * readNpy(readFileSync("array.npy")).shape; // [4, 6]
 * readNpy(writeNpy(ones([2, 3]))).shape; // [2, 3]
 */
export function readNpy(bytes: FileBytes): StateArray {
  const file = plainBytes("readNpy", bytes);
  const found = decodeNpy(file, new Budget(format, largestExpansion * file.length));
  if (typeof found === "string") {
    throw new FormatError(format, "the elements are not of a type of real numbers", { elements: found });
  }
  return found;
}

/** The same within a budget; of a file whose elements are no real numbers, what they are. */
export function decodeNpy(bytes: Uint8Array, budget: Budget): StateArray | string {
  const reader = new Reader(format, bytes);
  if (reader.bytes(6).some((byte, i) => byte !== magic[i]))
    throw reader.error("the file does not begin as one");
  const [major] = [reader.uint8(), reader.uint8()];
  if (major < 1 || major > 3) throw reader.error("the version must be 1, 2 or 3", { version: major });
  const header = reader.text(major === 1 ? reader.uint16() : reader.uint32());
  const { descr, fortranOrder, shape } = parseHeader(reader, header);
  const type = types.typeOf(descr.replace(/^[>=]/, "<"));
  if (type === undefined) return elementKind(descr);
  const size = declaredSize(format, shape, type, bytes.length - reader.at);
  const elements = reader.bytes(size * elementSizes[type]);
  if (reader.at !== bytes.length)
    throw reader.error("there are bytes after the array", { offset: reader.at });
  budget.take(decodedBytes(size, type));
  const littleEndian = descr.startsWith(">") ? reversedElements(elements, elementSizes[type]) : elements;
  return stateArray(
    decodeElements(littleEndian, type),
    shape,
    fortranOrder ? fortranStride(shape) : undefined,
  );
}

/**
 * Writes a NumPy array file, version 1, row-major.
 * @param array any strides
 * @returns the whole file
 * @throws {TensorTypeError} if the array's elements are in no typed array of numbers
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 * @example
 * writeNpy(tensor([[1, 2], [3, 4]]));
 */
export function writeNpy(array: StateArray): Uint8Array {
  const descr = types.nameOf("writeNpy", array.data);
  const axes = array.shape.map((size) => `${size},`).join(" ");
  const shape = array.shape.length === 1 ? `(${axes})` : `(${axes.replace(/,$/, "")})`;
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;
  // Spaces bring the elements to a multiple of 64 bytes, as the format asks.
  const length = Math.ceil((10 + dictionary.length + 1) / 64) * 64 - 10;
  const header = `${dictionary.padEnd(length - 1)}\n`;
  const start = Uint8Array.of(...magic, 1, 0, header.length & 255, header.length >> 8);
  return joinBytes([start, new TextEncoder().encode(header), encodeElements(array)]);
}

const fieldPatterns = {
  // A list describes the fields of records: it is shown, and not looked into.
  descr: /^\s*'descr'\s*:\s*(?:'([^']*)'|(\[.*\])(?=\s*,\s*'fortran_order'))\s*(?:,|$)/,
  fortran_order: /^\s*'fortran_order'\s*:\s*(True|False)\s*(?:,|$)/,
  shape: /^\s*'shape'\s*:\s*\(((?:\s*\d{1,16}L?\s*,)*(?:\s*\d{1,16}L?)?\s*)\)\s*(?:,|$)/,
};

/**
 * The header is a Python dictionary with three known keys; anything else, nested or executable, is refused.
 */
function parseHeader(
  reader: Reader,
  header: string,
): { readonly descr: string; readonly fortranOrder: boolean; readonly shape: readonly number[] } {
  const text = header.trim();
  if (!text.startsWith("{") || !text.endsWith("}")) throw reader.error("the header is no dictionary");
  let rest = text.slice(1, -1);
  const fields = new Map<string, string>();
  while (rest.trim() !== "") {
    const match = Object.entries(fieldPatterns)
      .map(([name, pattern]) => [name, pattern.exec(rest)] as const)
      .find(([, found]) => found !== null);
    if (match === undefined) throw reader.error("the header must hold descr, fortran_order and shape only");
    const [name, found] = match as readonly [string, RegExpExecArray];
    if (fields.has(name)) throw reader.error("the header holds a key twice", { key: name });
    fields.set(name, (found[1] ?? found[2]) as string);
    rest = rest.slice(found[0].length);
  }
  const [descr, order, axes] = ["descr", "fortran_order", "shape"].map((name) => fields.get(name));
  if (descr === undefined || order === undefined || axes === undefined) {
    throw reader.error("the header must hold descr, fortran_order and shape");
  }
  const shape = (axes as string)
    .split(",")
    .filter((axis) => axis.trim() !== "")
    .map((axis) => Number(axis.trim().replace(/L$/, "")));
  return { descr: descr as string, fortranOrder: order === "True", shape };
}

/** What elements are that are no real numbers, by the letter of their type. */
const elementKinds: Readonly<Record<string, string>> = {
  c: "complex numbers",
  f: "long doubles",
  M: "dates",
  m: "durations",
  O: "objects",
  S: "text",
  U: "text",
  V: "raw bytes",
};

function elementKind(descr: string): string {
  const kind = descr.startsWith("[") ? "records" : elementKinds[descr.replace(/^[<>|=]/, "")[0] ?? ""];
  return `${kind ?? "elements of an unknown type"} (${descr})`;
}

function fortranStride(shape: readonly number[]): readonly number[] {
  let step = 1;
  return shape.map((size) => {
    const stride = step;
    step *= size;
    return stride;
  });
}
