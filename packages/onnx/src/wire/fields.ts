import { type BinaryReader, WireType } from "@bufbuild/protobuf/wire";

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

/**
 * Reads where the field lies at which a reader stands, and puts the reader behind it.
 * @param length of the message, which may go on behind the reader's bytes
 * @throws what says that the bytes are no field
 */
export function nextField(reader: BinaryReader, length: number): Field {
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
  if (reader.pos > length) throw new RangeError(`field ${number} goes past the end`);
  return { number, wireType, start, value, end: reader.pos };
}

/**
 * Passes over a group with all groups inside it, without recursion: a file may nest them as deep as it likes.
 */
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
