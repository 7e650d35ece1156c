import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { FormatError } from "@convfuse/core";
import { type Field, nextField } from "./fields.js";
import { type Bytes, FilePart, loaded } from "./file-part.js";
import { mostKept, scanPart } from "./scan-part.js";

export type { Field };

/** A protobuf message as the bytes that it is, and where its fields lie in them; nothing is copied. */
export interface Message {
  readonly bytes: Bytes;
  readonly fields: readonly Field[];
}

/** The name under which errors speak of reading. */
export const reading = "readOnnx";

/**
 * Finds the fields of a message, in the order in which they lie, known or not.
 * @param what the message's name, for errors
 * @throws {FormatError} if the bytes are cut off or are no message
 */
export function scan(bytes: Bytes, what: string): Message {
  // The library's errors say what is wrong with the bytes, and not where.
  const failed = (error: unknown, offset: number): never => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FormatError(reading, `${what} is cut off or no protobuf message`, {
      reason,
      offset,
      size: bytes.length,
    });
  };
  if (bytes instanceof FilePart) {
    const { fields, kept } = scanPart(bytes, failed);
    return { bytes: bytes.keeping(kept), fields };
  }
  const reader = new BinaryReader(bytes);
  const fields: Field[] = [];
  try {
    while (reader.pos < reader.len) fields.push(nextField(reader, reader.len));
  } catch (error) {
    failed(error, reader.pos);
  }
  return { bytes, fields };
}

/**
 * The bytes of a length-delimited field, sharing memory with the message; large ones of a file stay there.
 */
export function payload({ bytes }: Message, { value, end }: Field): Bytes {
  const part = bytes.subarray(value, end);
  return part.length <= mostKept ? loaded(part) : part;
}

/**
 * True if the field is of that number and length-delimited; a known number of another wire type is an unknown
 * field.
 */
export function isDelimited(field: Field, number: number): boolean {
  return field.number === number && field.wireType === WireType.LengthDelimited;
}

/** The last field of that number, as protobuf takes a field that may occur once. */
export function lastField(message: Message, number: number, wireType: WireType): Field | undefined {
  return message.fields.findLast((field) => field.number === number && field.wireType === wireType);
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The text of a length-delimited field.
 * @throws {FormatError} if it is not UTF-8: two names that are not would become the same one
 */
export function text(message: Message, field: Field): string {
  try {
    return utf8.decode(loaded(payload(message, field)));
  } catch {
    throw new FormatError(reading, "text is not UTF-8", { field: field.number, offset: field.value });
  }
}

/** The text of the last field of that number; "" where there is none. */
export function lastText(message: Message, number: number): string {
  const field = lastField(message, number, WireType.LengthDelimited);
  return field === undefined ? "" : text(message, field);
}

/** A field's number as an int64; beyond 2^53 rounded, which no size or flag is. */
export function integer({ bytes }: Message, { value, end }: Field): number {
  if (bytes instanceof FilePart) return Number(readerAt(loaded(bytes.subarray(value, end)), 0).int64());
  return Number(readerAt(bytes, value).int64());
}

/** The last field of that number as an int64. */
export function lastInteger(message: Message, number: number): number | undefined {
  const field = lastField(message, number, WireType.Varint);
  return field && integer(message, field);
}

/** All int64 of a repeated field, packed or not. */
export function integers(message: Message, number: number): number[] {
  const out: number[] = [];
  for (const field of message.fields) {
    if (field.number !== number) continue;
    if (field.wireType === WireType.Varint) out.push(integer(message, field));
    if (field.wireType !== WireType.LengthDelimited) continue;
    const reader = new BinaryReader(loaded(payload(message, field)));
    try {
      while (reader.pos < reader.len) out.push(Number(reader.int64()));
    } catch {
      throw new FormatError(reading, "a packed list is cut off", { field: number });
    }
  }
  return out;
}

/**
 * All numbers of a repeated field of 4 or 8 bytes each, packed or not, as the bytes that they are, in order.
 */
export function fixedBytes(message: Message, number: number, size: 4 | 8): readonly Bytes[] {
  const single = size === 4 ? WireType.Bit32 : WireType.Bit64;
  return message.fields
    .filter(
      (field) =>
        field.number === number && (field.wireType === single || field.wireType === WireType.LengthDelimited),
    )
    .map((field) => payload(message, field));
}

function readerAt(bytes: Uint8Array, offset: number): BinaryReader {
  const reader = new BinaryReader(bytes);
  reader.pos = offset;
  return reader;
}
