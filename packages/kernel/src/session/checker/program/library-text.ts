import type ts from "typescript6";

/**
 * A library's text, as TypeScript asks for it. It can be let go of, and is then read again if somebody asks:
 * what is parsed says all that checking needs.
 */
export class LibraryText implements ts.IScriptSnapshot {
  readonly #read: () => string | undefined;
  readonly #length: number;
  #text: string | undefined;
  #checksum = 0;

  /** @param read reads the text again; undefined where there is none any more */
  constructor(text: string, read: () => string | undefined) {
    this.#text = text;
    this.#length = text.length;
    this.#read = read;
  }

  /** Of a file that has changed since it was parsed, nothing but spaces: its places would be wrong ones. */
  get text(): string {
    if (this.#text !== undefined) return this.#text;
    const read = this.#read();
    const isSame = read?.length === this.#length && checksum(read) === this.#checksum;
    this.#text = isSame ? read : " ".repeat(this.#length);
    return this.#text;
  }

  release(): void {
    if (this.#text === undefined) return;
    this.#checksum = checksum(this.#text);
    this.#text = undefined;
  }

  getText(start: number, end: number): string {
    return this.text.slice(start, end);
  }

  getLength(): number {
    return this.#length;
  }

  getChangeRange(): undefined {
    return undefined;
  }
}

/** Tells a text from another one of its length: FNV-1a over its UTF-16 units. */
function checksum(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}
