import { unzipSync } from "fflate";
import { FormatError } from "../errors.js";

/** Deflate makes nothing smaller than to a 1032nd: an entry that declares more is wrong. */
const deflateLimit = 1032;

/**
 * The entries of a zip archive, by name, in the archive's order.
 * @param most how many bytes they may be in all; nothing is unpacked of an archive that declares more
 * @throws {FormatError} if it is no archive, or an entry has a name that leads outside, a name twice, an unknown compression, or a size beyond all proportion
 */
export function unzip(format: string, bytes: Uint8Array, most: number): ReadonlyMap<string, Uint8Array> {
  const declared = new Map<string, number>();
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
        declared.set(name, originalSize);
        compressed += size;
        expanded += compression === 0 ? size : originalSize;
        if (compressed > bytes.length || (compression === 8 && originalSize > deflateLimit * size)) {
          fail("the entries are larger than the archive can hold", { name, size, originalSize });
        }
        if (expanded > most)
          fail("the entries would take more memory than is allowed", { needed: expanded, mostBytes: most });
        return !name.endsWith("/");
      },
    });
  } catch (error) {
    if (error instanceof FormatError) throw error;
    return fail("the archive cannot be unpacked", { reason: error instanceof Error ? error.message : error });
  }
  const found = new Map(Object.entries(entries));
  for (const [name, data] of found) {
    if (data.length !== declared.get(name)) {
      fail("an entry is not as long as declared", {
        name,
        length: data.length,
        declared: declared.get(name),
      });
    }
  }
  return found;
}
