/** What `#code=` carries: the sources of a playground's cells, or those of a lesson that were changed, by index. */
export type LinkedCode = readonly string[] | { readonly [index: string]: string };

const prefix = "#code=";
/** Characters that are read of a link: some bytes can stand for billions. */
const longest = 1_000_000;

/** The part of an address that carries code: JSON, deflated, in base64 for addresses. */
export async function encodeLink(code: LinkedCode): Promise<string> {
  const bytes = await collect(
    new Blob([JSON.stringify(code)]).stream().pipeThrough(new CompressionStream("deflate-raw")),
  );
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return prefix + btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/**
 * The code of an address; undefined where it carries none.
 * @throws {Error} if it is damaged, too long, or something else
 */
export async function decodeLink(hash: string): Promise<LinkedCode | undefined> {
  if (!hash.startsWith(prefix)) return undefined;
  const binary = atob(hash.slice(prefix.length).replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  const text = new TextDecoder().decode(
    await collect(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"))),
  );
  const code: unknown = JSON.parse(text);
  if (
    typeof code !== "object" ||
    code === null ||
    !Object.values(code).every((source) => typeof source === "string")
  )
    throw new Error("link: holds sources of cells; something else");
  return code as LinkedCode;
}

async function collect(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    chunks.push(next.value);
    size += next.value.length;
    if (size > longest) {
      await reader.cancel();
      throw new RangeError(`link: at most ${longest} bytes of code; more`);
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
