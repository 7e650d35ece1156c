import { unzipSync } from "fflate";
import { FormatError } from "../../errors.js";
import { crc32 } from "./crc32.js";

/** Deflate makes nothing smaller than to a 1032nd: an entry that declares more is wrong. */
const deflateLimit = 1032;

/**
 * The entries of a zip archive, by name, in the archive's order; those that are not compressed as windows on
 * it.
 * @param most how many bytes they may be in all; nothing is unpacked of an archive that declares more
 * @throws {FormatError} if it is no archive, or an entry has a name that leads outside, a name twice, an
 *   unknown compression, a size beyond all proportion, or another checksum than declared
 */
export function unzip(format: string, bytes: Uint8Array, most: number): ReadonlyMap<string, Uint8Array> {
  const declared = new Map<string, { readonly size: number; readonly checksum: number }>();
  const found = new Map<string, Uint8Array | undefined>();
  const directory = directoryOf(bytes);
  let compressed = 0;
  let expanded = 0;
  const fail = (rule: string, got: Readonly<Record<string, unknown>>): never => {
    throw new FormatError(format, rule, got);
  };
  let entries: Readonly<Record<string, Uint8Array>>;
  try {
    entries = unzipSync(bytes, {
      filter: ({ name, size, originalSize, compression }) => {
        if (/^[/\\]|^[A-Za-z]:|\\|(^|\/)\.\.(\/|$)|\0/.test(name))
          fail("an entry's name leads outside", { name });
        if (declared.has(name)) fail("two entries have one name", { name });
        if (compression !== 0 && compression !== 8)
          fail("an entry is compressed otherwise than by deflate", { name, compression });
        const { checksum = 0, header } = directory[declared.size] ?? {};
        declared.set(name, { size: originalSize, checksum });
        compressed += size;
        expanded += compression === 0 ? size : originalSize;
        if (compressed > bytes.length || (compression === 8 && originalSize > deflateLimit * size)) {
          fail("the entries are larger than the archive can hold", { name, size, originalSize });
        }
        if (expanded > most)
          fail("the entries would take more memory than is allowed", { needed: expanded, mostBytes: most });
        if (name.endsWith("/")) return false;
        const window = compression === 0 ? storedEntry(bytes, header, size) : undefined;
        found.set(name, window);
        return window === undefined;
      },
    });
  } catch (error) {
    if (error instanceof FormatError) throw error;
    return fail("the archive cannot be unpacked", { reason: error instanceof Error ? error.message : error });
  }
  return new Map([...found].map(([name, window]) => [name, checked(name, window ?? entries[name])]));

  function checked(name: string, data: Uint8Array | undefined): Uint8Array {
    const { size = 0, checksum = 0 } = declared.get(name) ?? {};
    if (data === undefined) return fail("an entry is missing", { name });
    if (data.length !== size) {
      fail("an entry is not as long as declared", { name, length: data.length, declared: size });
    }
    // PyTorch writes 0 where it was told to compute none.
    if (checksum !== 0 && checksum !== crc32(data))
      fail("an entry's bytes are not those that its checksum was made from", { name });
    return data;
  }
}

/**
 * What the archive's directory says of each entry, in its order: fflate, which reads the same directory,
 * passes over it. None of an archive in the form for more than 4 GiB.
 */
function directoryOf(bytes: Uint8Array): readonly { readonly checksum: number; readonly header: number }[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) return [];
  const found: { readonly checksum: number; readonly header: number }[] = [];
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 8, true); left > 0 && at + 46 <= bytes.length; left--) {
    found.push({ checksum: view.getUint32(at + 16, true), header: view.getUint32(at + 42, true) });
    at += 46 + [28, 30, 32].reduce((length, field) => length + view.getUint16(at + field, true), 0);
  }
  return found;
}

/**
 * The bytes of an entry that is stored as it is, without a copy, behind its own header; undefined if there is
 * none at that place.
 */
function storedEntry(bytes: Uint8Array, header: number | undefined, size: number): Uint8Array | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (header === undefined || header + 30 > bytes.length || view.getUint32(header, true) !== 0x04034b50)
    return undefined;
  const start = header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
  return start + size <= bytes.length ? bytes.subarray(start, start + size) : undefined;
}
