/**
 * What `#code=` carries: the sources of a playground's cells, or those of a lesson that were changed, by
 * index, and under `built` a digest of what stood there before.
 */
export type LinkedCode = readonly string[] | { readonly [index: string]: string };

/**
 * A word that changes with the texts (FNV-1a): it tells a lesson of another version, and keeps nobody from
 * anything.
 */
export function digest(texts: readonly string[]): string {
  let hash = 0x811c9dc5;
  for (const text of texts)
    for (const unit of `${text}\0`) hash = Math.imul(hash ^ (unit.codePointAt(0) as number), 0x01000193);
  return (hash >>> 0).toString(36);
}

/** Why there is no link, or none that can be read; the page has words for each. */
export type LinkProblem = "damaged" | "tooLong" | "tooManyCells" | "notCode";

export class LinkError extends Error {
  override readonly name = "LinkError";
  readonly problem: LinkProblem;

  constructor(problem: LinkProblem) {
    super(`link: ${problem}`);
    this.problem = problem;
  }
}

const prefix = "#code=";
/** Bytes of code: some bytes of a link can stand for billions. */
export const longestLink = 1_000_000;
/** Cells that a link may bring. */
export const mostLinkedCells = 200;

/**
 * The part of an address that carries code: JSON, deflated with a checksum, in base64 for addresses.
 * @throws {LinkError} if it could not be read again
 */
export async function encodeLink(code: LinkedCode): Promise<string> {
  if (Object.keys(code).length > mostLinkedCells) throw new LinkError("tooManyCells");
  const text = new Blob([JSON.stringify(code)]);
  if (text.size > longestLink) throw new LinkError("tooLong");
  const bytes = await collect(text.stream().pipeThrough(new CompressionStream("deflate")));
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return prefix + btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/**
 * The code of an address; undefined where it carries none.
 * @throws {LinkError} if it is damaged, too long, or something else
 */
export async function decodeLink(hash: string): Promise<LinkedCode | undefined> {
  if (!hash.startsWith(prefix)) return undefined;
  const code = await parse(hash.slice(prefix.length));
  if (
    typeof code !== "object" ||
    code === null ||
    !Object.values(code).every((source) => typeof source === "string")
  )
    throw new LinkError("notCode");
  if (Object.keys(code).length > mostLinkedCells) throw new LinkError("tooManyCells");
  return code as LinkedCode;
}

/** What was encoded, whatever it is. The checksum tells every letter that was changed on the way. */
async function parse(encoded: string): Promise<unknown> {
  try {
    const binary = atob(encoded.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const inflated = await collect(
      new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate")),
    );
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(inflated));
  } catch (error) {
    throw error instanceof LinkError ? error : new LinkError("damaged");
  }
}

async function collect(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    chunks.push(next.value);
    size += next.value.length;
    if (size > longestLink) {
      await reader.cancel();
      throw new LinkError("tooLong");
    }
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
