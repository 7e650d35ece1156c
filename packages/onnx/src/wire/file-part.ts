/**
 * A file that stays where it is: its parts are read when they are needed. A path that is open, a `File` of a
 * page's worker, anything of which bytes can be had from any place on at once.
 */
export interface FileSource {
  /** Bytes in all. */
  readonly size: number;
  /**
   * Fills `into` with the bytes from `offset` on, which are all there by {@link size}.
   * @throws whatever says why that cannot be done; it is passed on
   */
  read(offset: number, into: Uint8Array): void;
}

/** Bytes of a message or of a value: in memory, or in a file. */
export type Bytes = Uint8Array | FilePart;

/**
 * Bytes of a file from one place on that are in memory, since they were met when the message around them was
 * scanned.
 */
export interface Kept {
  /** Counted from the part's beginning. */
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** Bytes of a file, from one place to another: what a Uint8Array is for bytes in memory. */
export class FilePart {
  readonly length: number;
  readonly #source: Pick<FileSource, "read">;
  readonly #start: number;
  readonly #kept: readonly Kept[];

  /** @param kept of these bytes, in order */
  constructor(source: Pick<FileSource, "read">, start: number, length: number, kept: readonly Kept[] = []) {
    this.#source = source;
    this.#start = start;
    this.length = length;
    this.#kept = kept;
  }

  /** The same bytes, of which some are in memory. */
  keeping(kept: readonly Kept[]): FilePart {
    return new FilePart(this.#source, this.#start, this.length, kept);
  }

  /** Some of them, as Uint8Array's method of this name counts; those in memory share it. */
  subarray(from: number, to: number = this.length): Bytes {
    const run = this.#keptAt(from);
    if (run !== undefined && to <= run.start + run.bytes.length)
      return run.bytes.subarray(from - run.start, to - run.start);
    return new FilePart(this.#source, this.#start + from, to - from);
  }

  /** Fills `into` with those from a place on. */
  read(from: number, into: Uint8Array): void {
    this.#source.read(this.#start + from, into);
  }

  /** The last run that begins at a place or before it. */
  #keptAt(place: number): Kept | undefined {
    let [low, high] = [0, this.#kept.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#kept[middle] as Kept).start <= place) low = middle + 1;
      else high = middle;
    }
    return this.#kept[low - 1];
  }
}

/** The bytes in memory. */
export function loaded(bytes: Bytes): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes;
  const out = new Uint8Array(bytes.length);
  bytes.read(0, out);
  return out;
}

/** Gives memory of that many bytes, which begins where its buffer does. */
export type Room = (length: number) => Uint8Array<ArrayBuffer>;

/** Gives the same memory every time: what is in it is used before the next is asked for. */
export function reusedRoom(): Room {
  let room = new Uint8Array(0);
  return (length) => {
    if (room.length < length) room = new Uint8Array(length);
    return room.subarray(0, length);
  };
}

/** Memory for bytes that are looked at before anything else is read. */
export const scratchOf: Room = reusedRoom();
