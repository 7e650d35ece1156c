import { ArgumentError, FormatError } from "../errors.js";
import type { StateDict } from "../nn/state/state-dict.js";
import type { StateArray } from "../tensor/state-array.js";
import { type FileBytes, plainBytes } from "./binary/bytes.js";
import { decodeElements, stateArray } from "./binary/decode.js";
import { declaredSize, type ElementType, elementSizes, TypeNames } from "./binary/element-types.js";
import { encodeElements, joinBytes } from "./binary/encode.js";
import { FileArrays } from "./binary/file-arrays.js";
import { Reader } from "./binary/reader.js";

const format = "safetensors";

const types = new TypeNames({
  float16: "F16",
  bfloat16: "BF16",
  float32: "F32",
  float64: "F64",
  int8: "I8",
  int16: "I16",
  int32: "I32",
  int64: "I64",
  uint8: "U8",
  uint16: "U16",
  uint32: "U32",
  uint64: "U64",
  bool: "BOOL",
  float8_e4m3fn: "F8_E4M3",
  float8_e4m3fnuz: "F8_E4M3FNUZ",
  float8_e5m2: "F8_E5M2",
  float8_e5m2fnuz: "F8_E5M2FNUZ",
  float8_e8m0fnu: "F8_E8M0",
});

/**
 * Reads a safetensors file: a length, a JSON header, and the elements.
 *
 * @param bytes the whole file
 * @returns arrays by name, in the order of the header; F16, BF16 and the types of 8 bits widened to float32.
 *   In its `unread` are the tensors of another type (C64, F4, whatever comes), by name
 * @throws {ArgumentError} if bytes is neither a Uint8Array nor an ArrayBuffer
 * @throws {FormatError} if the file is cut off, its header is no such header, or its tensors overlap or leave
 *   gaps
 * @see https://huggingface.co/docs/safetensors/index#format
 * @example
 * readSafetensors(readFileSync("model.safetensors")).get("f32")?.shape; // [2, 3, 2]
 * readSafetensors(writeSafetensors(new Map([["w", ones([2, 3])]]))).get("w")?.shape; // [2, 3]
 */
export function readSafetensors(bytes: FileBytes): FileArrays {
  const file = plainBytes("readSafetensors", bytes);
  const reader = new Reader(format, file);
  const header = parseHeader(reader);
  const data = file.subarray(reader.at);
  const entries = Object.entries(header)
    .filter(([name]) => name !== "__metadata__")
    .map(([name, entry]) => [name, checkedEntry(name, entry, data.length)] as const);
  // Before anything is copied: tensors that overlap could be many times the file.
  checkSpans(
    entries.map(([, { begin, end }]) => [begin, end]),
    data.length,
  );
  const arrays = new Map<string, StateArray>();
  const unread = new Map<string, string>();
  for (const [name, { type, dtype, shape, begin, end }] of entries) {
    if (type === undefined) unread.set(name, `elements of type ${dtype}`);
    else arrays.set(name, stateArray(decodeElements(data.subarray(begin, end), type), shape));
  }
  return new FileArrays(arrays, unread);
}

/**
 * Writes a safetensors file.
 * @param state arrays by name; any strides
 * @param metadata text by name, for the header
 * @returns the whole file
 * @throws {FormatError} if a tensor has the name of the metadata
 * @throws {ArgumentError} if the metadata is not text by name, which readers of the format refuse
 * @see https://huggingface.co/docs/safetensors/index#format
 * @example
 * writeSafetensors(stateDict(new Conv2d(3, 2, 3)), { format: "pt" });
 */
export function writeSafetensors(state: StateDict, metadata?: Readonly<Record<string, string>>): Uint8Array {
  checkMetadata(metadata);
  const header: [string, unknown][] = metadata === undefined ? [] : [["__metadata__", metadata]];
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const [name, array] of state) {
    if (name === "__metadata__") throw new FormatError(format, "a tensor must not be called __metadata__");
    const part = encodeElements(array);
    header.push([
      name,
      {
        dtype: types.nameOf("writeSafetensors", array.data),
        shape: [...array.shape],
        data_offsets: [at, at + part.length],
      },
    ]);
    parts.push(part);
    at += part.length;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  // Spaces bring the elements to a multiple of eight bytes, as the format asks of writers.
  const padded = new Uint8Array(Math.ceil(json.length / 8) * 8).fill(0x20);
  padded.set(json);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(padded.length), true);
  return joinBytes([length, padded, ...parts]);
}

function checkMetadata(metadata: unknown): void {
  if (metadata === undefined) return;
  if (Object.prototype.toString.call(metadata) !== "[object Object]")
    throw new ArgumentError("writeSafetensors", "metadata must be an object of texts by name", { metadata });
  for (const [name, value] of Object.entries(metadata as object)) {
    if (typeof value !== "string")
      throw new ArgumentError("writeSafetensors", "metadata must be text", { [name]: value });
  }
}

function parseHeader(reader: Reader): Readonly<Record<string, unknown>> {
  const length = reader.length64();
  const text = reader.text(length);
  if (!text.startsWith("{")) throw reader.error("the header must begin with {");
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw reader.error("the header is not JSON");
  }
  return header as Readonly<Record<string, unknown>>;
}

function checkedEntry(
  name: string,
  entry: unknown,
  available: number,
): {
  /** Undefined: the file is read by a version that does not know the type. */
  readonly type: ElementType | undefined;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
} {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof dtype !== "string")
    throw new FormatError(format, "a tensor must name its element type", { name, dtype });
  const type = types.typeOf(dtype);
  if (!Array.isArray(shape) || !Array.isArray(offsets) || offsets.length !== 2) {
    throw new FormatError(format, "a tensor must have a shape and two offsets", {
      name,
      shape,
      data_offsets: offsets,
    });
  }
  const bytes = type && declaredSize(format, shape, type, available) * elementSizes[type];
  const [begin, end] = offsets as readonly unknown[];
  const whole = Number.isSafeInteger(begin) && Number.isSafeInteger(end);
  const span = { begin: begin as number, end: end as number };
  if (
    !whole ||
    span.begin < 0 ||
    span.begin > span.end ||
    span.end > available ||
    (bytes !== undefined && span.end - span.begin !== bytes)
  ) {
    throw new FormatError(format, "the offsets must hold the shape's elements, inside the file", {
      name,
      shape,
      data_offsets: offsets,
      available,
    });
  }
  return { type, dtype, shape: shape as number[], ...span };
}

/** The format allows neither overlaps nor gaps: what a header does not name is not in the file. */
function checkSpans(spans: [begin: number, end: number][], available: number): void {
  let at = 0;
  for (const [begin, end] of spans.sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    if (begin !== at) {
      throw new FormatError(format, begin < at ? "two tensors overlap" : "there is a gap between tensors", {
        offset: begin,
        expected: at,
      });
    }
    at = end;
  }
  if (at !== available)
    throw new FormatError(format, "there are bytes that belong to no tensor", { offset: at, available });
}
