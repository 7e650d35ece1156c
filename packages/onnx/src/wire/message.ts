import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { FormatError } from "@convfuse/core";

/** Where one field lies in the bytes of its message. */
export interface Field {
  readonly number: number;
  readonly wireType: WireType;
  /** The offset of its tag. */
  readonly start: number;
  /** The offset of its value; of a length-delimited field: behind the length. */
  readonly value: number;
  /** The offset behind it. */
  readonly end: number;
}

/** A protobuf message as the bytes that it is, and where its fields lie in them; nothing is copied. */
export interface Message {
  readonly bytes: Uint8Array;
  readonly fields: readonly Field[];
}

/** The name under which errors speak of reading. */
export const reading = "readOnnx";

/**
 * Finds the fields of a message, in the order in which they lie, known or not.
 * @param what the message's name, for errors
 * @throws {FormatError} if the bytes are cut off or are no message
 */
export function scan(bytes: Uint8Array, what: string): Message {
  const reader = new BinaryReader(bytes);
  const fields: Field[] = [];
  try {
    while (reader.pos < reader.len) fields.push(nextField(reader));
  } catch (error) {
    // The library's errors say what is wrong with the bytes, and not where.
    const reason = error instanceof Error ? error.message : String(error);
    throw new FormatError(reading, `${what} is cut off or no protobuf message`, {
      reason,
      offset: reader.pos,
      size: bytes.length,
    });
  }
  return { bytes, fields };
}

function nextField(reader: BinaryReader): Field {
  const start = reader.pos;
  const [number, wireType] = reader.tag();
  let value = reader.pos;
  switch (wireType) {
    case WireType.Varint:
      reader.int64();
      break;
    case WireType.Bit32:
      reader.pos += 4;
      break;
    case WireType.Bit64:
      reader.pos += 8;
      break;
    case WireType.LengthDelimited: {
      const length = reader.uint32();
      value = reader.pos;
      reader.pos += length;
      break;
    }
    case WireType.StartGroup:
      skipGroup(reader, number);
      break;
    default:
      throw new RangeError(`a group ends that did not begin (field ${number})`);
  }
  if (reader.pos > reader.len) throw new RangeError(`field ${number} goes past the end`);
  return { number, wireType, start, value, end: reader.pos };
}

/** Passes over a group with all groups inside it, without recursion: a file may nest them as deep as it likes. */
function skipGroup(reader: BinaryReader, outermost: number): void {
  const open = [outermost];
  while (open.length > 0) {
    if (reader.pos >= reader.len) throw new RangeError(`group ${outermost} does not end`);
    const [number, wireType] = reader.tag();
    if (wireType === WireType.StartGroup) open.push(number);
    else if (wireType !== WireType.EndGroup) reader.skip(wireType);
    else if (open.pop() !== number) throw new RangeError(`group ${number} ends inside another`);
  }
}

/** The bytes of a length-delimited field, sharing memory with the message. */
export function payload({ bytes }: Message, { value, end }: Field): Uint8Array {
  return bytes.subarray(value, end);
}

/** True if the field is of that number and length-delimited; a known number of another wire type is an unknown field. */
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
    return utf8.decode(payload(message, field));
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
export function integer({ bytes }: Message, { value }: Field): number {
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
    const reader = new BinaryReader(payload(message, field));
    try {
      while (reader.pos < reader.len) out.push(Number(reader.int64()));
    } catch {
      throw new FormatError(reading, "a packed list is cut off", { field: number });
    }
  }
  return out;
}

/** All numbers of a repeated field of 4 or 8 bytes each, packed or not, as the bytes that they are, in order. */
export function fixedBytes(message: Message, number: number, size: 4 | 8): readonly Uint8Array[] {
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
