import { BinaryReader } from "@bufbuild/protobuf/wire";
import { type Field, nextField } from "./fields.js";
import { type FilePart, type Kept, scratchOf } from "./file-part.js";

/** A field of more bytes stays in its file; a smaller one is read together with its neighbours and kept. */
export const mostKept: number = 2 ** 12;

/**
 * Bytes that are read at once: as many as this behind a jump, twice as many each time that nothing was passed
 * over.
 */
const readAtOnce = { least: 2 * mostKept, most: 2 ** 18 };

/** Enough for a field's tag and length, or for a number. */
const head = 32;

/** Fields that were found, and what of their bytes is in memory. */
export interface Scanned {
  readonly fields: readonly Field[];
  readonly kept: readonly Kept[];
}

/**
 * Finds the fields of a message that lies in a file, without reading the large ones.
 * @param failed is told where the bytes are no message
 */
export function scanPart(part: FilePart, failed: (error: unknown, offset: number) => never): Scanned {
  const fields: Field[] = [];
  const kept: Kept[] = [];
  let size = readAtOnce.least;
  for (let at = 0; at < part.length; ) {
    const bytes = scratchOf(Math.min(size, part.length - at));
    part.read(at, bytes);
    const end = scanWindow({ bytes, at, length: part.length }, fields, kept, failed);
    // A group that goes on behind the window: the only field whose end is not known from its beginning.
    if (end === at) size *= 2;
    else size = end > at + bytes.length ? readAtOnce.least : Math.min(2 * size, readAtOnce.most);
    at = end;
  }
  return { fields, kept };
}

/** Bytes of a message from a place on, and how many the message has. */
interface Window {
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly length: number;
}

/** The fields that begin in a window; gives the place from which on the next window has to be. */
function scanWindow(
  { bytes, at, length }: Window,
  fields: Field[],
  kept: Kept[],
  failed: (error: unknown, offset: number) => never,
): number {
  const reader = new BinaryReader(bytes);
  const isLast = at + bytes.length === length;
  const rest = length - at;
  let run = 0;
  const keep = (end: number): void => {
    if (end > run) kept.push({ start: at + run, bytes: bytes.slice(run, end) });
  };
  let next = 0;
  while (next < bytes.length && (isLast || bytes.length - next >= head)) {
    reader.pos = next;
    let field: Field;
    try {
      field = nextField(reader, rest);
    } catch (error) {
      if (isLast || !isGroupAt(bytes, next)) return failed(error, at + reader.pos);
      break;
    }
    const isLarge = field.end - field.start > mostKept;
    if (!isLarge && field.end > bytes.length) break;
    fields.push({
      ...field,
      start: at + field.start,
      value: at + field.value,
      end: at + field.end,
    });
    if (isLarge) {
      keep(next);
      run = field.end;
    }
    next = field.end;
  }
  keep(Math.min(next, bytes.length));
  return at + next;
}

/** True if the field is a group, which may be cut off by the window's end. */
function isGroupAt(bytes: Uint8Array, at: number): boolean {
  return ((bytes[at] as number) & 7) === 3;
}
