import { unzipSync } from "fflate";
import { FormatError } from "../errors.js";

/** How much larger than the archive its entries may be in all: what is compressed further is refused before it is unpacked. */
const largestExpansion = 2;

/**
 * The entries of a zip archive, by name, in the archive's order.
 * @throws {FormatError} if it is no archive, or an entry has a name that leads outside, a name twice, an unknown compression, or a size beyond all proportion
 */
export function unzip(format: string, bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
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
        if (compressed > bytes.length || expanded > largestExpansion * bytes.length) {
          fail("the entries are larger than the archive can hold", { name, expanded, archive: bytes.length });
        }
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
