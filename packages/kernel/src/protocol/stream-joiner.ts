export type StreamName = "stdout" | "stderr";
type Publish = (parent: string, name: StreamName, text: string) => void;

/**
 * Joins writes into fewer stream messages: a page draws each of them. (The session joins only floods, on
 * their way between the processes.) What is written is published within `patience` milliseconds; whoever
 * publishes something else flushes first, so order is kept.
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
    if (this.#length >= StreamJoiner.#longest) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), StreamJoiner.#patience);
  }

  /** Publishes all there is. */
  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const text = this.#parts.join("");
    this.#parts = [];
    this.#length = 0;
    if (text !== "") this.#publish(this.#parent, this.#name, text);
  }
}
