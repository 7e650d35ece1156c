/**
 * Keeps a cell that writes without end from filling the memory of the kernel, of Jupyter and of the page. No
 * notebook can be opened any more that holds what the limit lets through.
 */
export class OutputLimit {
  /** In UTF-16 units. */
  static readonly limit = 200_000_000;

  readonly #onExceeded: (cell: string) => void;
  #cell = "";
  #written = 0;
  readonly #exceeded: Set<string> = new Set();

  constructor(onExceeded: (cell: string) => void) {
    this.#onExceeded = onExceeded;
  }

  /** Whether a cell may write this much more. What other cells write in between starts its count anew. */
  admits(cell: string, length: number): boolean {
    if (this.#exceeded.has(cell)) return false;
    if (cell !== this.#cell) {
      this.#cell = cell;
      this.#written = 0;
    }
    this.#written += length;
    if (this.#written <= OutputLimit.limit) return true;
    this.#exceeded.add(cell);
    this.#onExceeded(cell);
    return false;
  }
}
