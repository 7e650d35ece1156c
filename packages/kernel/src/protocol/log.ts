/** Writes what an operator should know to stderr, and does not let a flood of one kind fill the disk. */
export class Log {
  static readonly #shownInFull = 10;
  readonly #counts: Map<string, number> = new Map();
  readonly #write: (line: string) => void;

  constructor(write: (line: string) => void = (line) => process.stderr.write(line)) {
    this.#write = write;
  }

  /** `kind` is counted: after ten of it, only every tenfold of them is written. */
  warn(kind: string, detail: unknown): void {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const text = detail instanceof Error ? (detail.stack ?? detail.message) : String(detail);
    if (count <= Log.#shownInFull) this.#write(`[convfuse-kernel] ${kind}: ${text}\n`);
    else if (Number.isInteger(Math.log10(count))) {
      this.#write(`[convfuse-kernel] ${kind}: ${text} (${count} so far)\n`);
    }
  }
}
