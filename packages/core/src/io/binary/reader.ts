import { FormatError } from "../../errors.js";

/** Reads a file's bytes in order; whatever would go past the end is an error that names the format. */
export class Reader {
  readonly #format: string;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** The offset of the next byte. */
  at: number;

  constructor(format: string, bytes: Uint8Array, at = 0) {
    this.#format = format;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
  }

  get length(): number {
    return this.#bytes.length;
  }

  /** A window on the next bytes. */
  bytes(length: number): Uint8Array {
    this.#check(length);
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }

  uint8(): number {
    this.#check(1);
    return this.#view.getUint8(this.at++);
  }

  uint16(): number {
    this.#check(2);
    this.at += 2;
    return this.#view.getUint16(this.at - 2, true);
  }

  uint32(): number {
    this.#check(4);
    this.at += 4;
    return this.#view.getUint32(this.at - 4, true);
  }

  /** An unsigned 64-bit number, if it is a length that an array could have. */
  length64(): number {
    this.#check(8);
    this.at += 8;
    const value = this.#view.getBigUint64(this.at - 8, true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw this.error("a length is beyond all bounds", { value });
    return Number(value);
  }

  float64BigEndian(): number {
    this.#check(8);
    this.at += 8;
    return this.#view.getFloat64(this.at - 8, false);
  }

  /** Text up to a line feed, which is passed over. */
  line(): string {
    const end = this.#bytes.indexOf(10, this.at);
    if (end < 0) throw this.error("a line does not end");
    const text = this.text(end - this.at);
    this.at++;
    return text;
  }

  /** The next `length` bytes as UTF-8 text. */
  text(length: number): string {
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(this.bytes(length));
    } catch (error) {
      if (error instanceof FormatError) throw error;
      throw this.error("text is not UTF-8", { offset: this.at - length });
    }
  }

  /** An error that names the format. */
  error(rule: string, got: Readonly<Record<string, unknown>> = {}): FormatError {
    return new FormatError(this.#format, rule, got);
  }

  #check(length: number): void {
    if (length < 0 || this.at + length > this.#bytes.length) {
      throw this.error("the file is cut off", { offset: this.at, needed: length, size: this.#bytes.length });
    }
  }
}
