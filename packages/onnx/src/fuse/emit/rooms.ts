/**
 * Bytes of new weights that are kept until they are written: so many, and so large a part of the file. A
 * large network's are as large as its file, and computed a second time; of a small one all that computes them
 * would be done twice for the sake of a few megabytes.
 */
const mostKept = 2 ** 24;
const mostOfFile = 1 / 8;

/**
 * Memory that one region after the other writes its numbers into: what is made anew for each would lie about
 * until it is collected.
 */
export class Rooms {
  #free: ArrayBuffer[] = [];
  #taken: ArrayBuffer[] = [];
  #keepable: number;

  /** @param bytes of the file, with the files beside it */
  constructor(bytes: number) {
    this.#keepable = Math.min(mostKept, mostOfFile * bytes);
  }

  /** Memory of at least `bytes` bytes, with anything in it, until {@link clear}. */
  take(bytes: number): ArrayBuffer {
    const at = this.#free.findIndex(({ byteLength }) => byteLength >= bytes);
    const [found] = at < 0 ? [] : this.#free.splice(at, 1);
    // What is too small now will be too small again.
    if (found === undefined) this.#free = [];
    const room = found ?? new ArrayBuffer(bytes);
    this.#taken.push(room);
    return room;
  }

  /** True if so many bytes more may be kept for good. */
  mayKeep(bytes: number): boolean {
    if (bytes > this.#keepable) return false;
    this.#keepable -= bytes;
    return true;
  }

  /** Lends memory of at least `bytes` bytes for as long as something is made of it. */
  *lend<T>(bytes: number, use: (room: ArrayBuffer) => Iterable<T>): Generator<T> {
    const room = this.take(bytes);
    try {
      yield* use(room);
    } finally {
      this.#taken = this.#taken.filter((one) => one !== room);
      this.#free.push(room);
    }
  }

  /** Takes all of it back. */
  clear(): void {
    this.#free.push(...this.#taken);
    this.#taken = [];
  }
}
