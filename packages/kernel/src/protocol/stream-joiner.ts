export type StreamName = "stdout" | "stderr";
type Publish = (parent: string, name: StreamName, text: string) => void;

/**
 * Joins writes into fewer stream messages, and keeps a surrogate pair whole that was written in halves. What is written
 * is published within `patience` milliseconds; whoever publishes something else flushes first, so order is kept.
 */
export class StreamJoiner {
  static readonly #patience = 10;
  static readonly #longest = 2 ** 18;

  readonly #publish: Publish;
  #parent = "";
  #name: StreamName = "stdout";
  #parts: string[] = [];
  #length = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(publish: Publish) {
    this.#publish = publish;
  }

  write(parent: string, name: StreamName, text: string): void {
    if (parent !== this.#parent || name !== this.#name) {
      this.flush();
      this.#parent = parent;
      this.#name = name;
    }
    this.#parts.push(text);
    this.#length += text.length;
    if (this.#length >= StreamJoiner.#longest) this.#send(true);
    else this.#timer ??= setTimeout(() => this.#send(true), StreamJoiner.#patience);
  }

  /** Publishes all there is. */
  flush(): void {
    this.#send(false);
  }

  #send(moreMayFollow: boolean): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const text = this.#parts.join("");
    const keep = moreMayFollow && /[\ud800-\udbff]$/.test(text) ? 1 : 0;
    this.#parts = keep ? [text.slice(-1)] : [];
    this.#length = keep;
    if (text.length > keep) this.#publish(this.#parent, this.#name, keep ? text.slice(0, -1) : text);
  }
}
