/** Work that takes longer than this shows how far it is; milliseconds. */
const patience = 500;

/** A line on the terminal that is written over and over; none where nobody looks at a terminal. */
export class Progress {
  readonly #label: string;
  readonly #start = performance.now();
  #last = 0;
  #shown = false;

  constructor(label: string) {
    this.#label = label;
  }

  /** @param done how many parts, and how far the next one is */
  proven(done: number, total: number): void {
    const whole = Math.floor(done);
    const next = done === whole ? "" : `, ${Math.floor(100 * (done - whole))} % of the next`;
    this.#show(`${whole} of ${total} parts proven${next}`);
  }

  written(bytes: number): void {
    this.#show(`${Math.floor(bytes / 1e6)} MB written`);
  }

  #show(text: string): void {
    const now = performance.now();
    if (!process.stderr.isTTY || now - this.#start < patience || now - this.#last < 100) return;
    this.#last = now;
    this.#shown = true;
    process.stderr.write(`\r\u001b[K${this.#label}: ${text}`);
  }

  end(): void {
    if (this.#shown) process.stderr.write("\r\u001b[K");
  }
}
