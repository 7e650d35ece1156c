import { getHeapStatistics } from "node:v8";

/** How V8 begins what it writes when it ends its process: its own state, and the stack of native code. */
const beginning = /\n?(?:<--- Last few GCs --->|#\n# Fatal |FATAL ERROR: )/;
/** What it says among that when memory is the reason. */
const outOfMemory = /heap out of memory|Allocation failed|invalid (?:array|table|size)|Out of memory/i;

/**
 * Keeps back what V8 writes at the end of its process, which says nothing to a reader of a notebook. Written
 * text reaches the reader as it did, up to there.
 */
export class LastWords {
  #text: string | undefined;

  /** Whether it keeps something back. */
  get isWaiting(): boolean {
    return this.#text !== undefined;
  }

  /**
   * Gives back what was kept: the process did not end, so somebody else's words they were, a program's that a
   * cell runs.
   */
  release(): string {
    const text = this.#text ?? "";
    this.#text = undefined;
    return text;
  }

  /** What of a program's error output is the program's own. */
  own(text: string): string {
    if (this.#text !== undefined) {
      this.#text += text;
      return "";
    }
    const at = text.search(beginning);
    if (at < 0) return text;
    this.#text = text.slice(at);
    return text.slice(0, at);
  }

  /** Why a process ended, for a reader; `limit` is what it was started with, in MB. */
  reason(code: number | null, signal: NodeJS.Signals | null, limit: number | undefined): string {
    if (this.#text !== undefined && outOfMemory.test(this.#text)) return memoryReason(limit);
    const fatal = /FATAL ERROR: (.*)/.exec(this.#text ?? "")?.[1];
    const ended = signal ? `the process was ended by ${signal}` : `the process ended with code ${code}`;
    if (fatal !== undefined) return `${ended}: ${fatal}`;
    return signal === "SIGKILL" ? `${ended}; so does a system whose memory is full` : ended;
  }
}

function memoryReason(limit: number | undefined): string {
  const now = limit ?? Math.round(getHeapStatistics().heap_size_limit / 2 ** 20);
  return (
    `out of memory: its variables need more than the limit of ${now} MB. To raise it: ` +
    `convfuse-kernel install --memory ${2 * now}, or "--memory", "${2 * now}" behind "start" in kernel.json, ` +
    `then start the kernel anew; without Jupyter, NODE_OPTIONS=--max-old-space-size=${2 * now}`
  );
}
