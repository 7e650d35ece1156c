/** Memory that one region after the other writes its numbers into: what is made anew for each would lie about until it is collected. */
export class Rooms {
  #free: ArrayBuffer[] = [];
  #taken: ArrayBuffer[] = [];

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

  /** Takes all of it back. */
  clear(): void {
    this.#free.push(...this.#taken);
    this.#taken = [];
  }
}
