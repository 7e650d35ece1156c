import type { SessionEvent } from "@convfuse/kernel";

/** Characters of text that one run of a cell may show. */
export const mostText = 100_000;
/** Displays and results that one run may show, and the characters of each. */
export const mostOutputs = 100;
const largestOutput = 8_000_000;
/** The characters of all of them together. */
const largestRun = 32_000_000;

/** What was left out of one run's output. */
export interface LeftOut {
  readonly characters: number;
  readonly outputs: number;
}

/**
 * Lets one run's output through up to what a page can show without suffering from it, and counts the rest.
 */
export class LimitedEvents {
  readonly #tooLarge: (characters: number) => string;
  #text = 0;
  #outputs = 0;
  #size = 0;
  #characters = 0;

  constructor(tooLarge: (characters: number) => string) {
    this.#tooLarge = tooLarge;
  }

  get leftOut(): LeftOut {
    return { characters: this.#characters, outputs: Math.max(0, this.#outputs - mostOutputs) };
  }

  /** Counts what never came, as it is beyond the limits too. */
  leave(characters: number, outputs: number): void {
    this.#characters += characters;
    this.#outputs += outputs;
  }

  /** The event as far as it may be shown; undefined where nothing of it may. */
  limited(event: SessionEvent): SessionEvent | undefined {
    switch (event.type) {
      case "stream": {
        const text = event.text.slice(0, Math.max(0, mostText - this.#text));
        this.#text += text.length;
        this.#characters += event.text.length - text.length;
        return text === "" ? undefined : { ...event, text };
      }
      case "clear_output":
        this.#text = 0;
        this.#outputs = 0;
        this.#size = 0;
        this.#characters = 0;
        return event;
      case "error":
        return { ...event, traceback: shortened(event.traceback) };
      case "display_data":
      case "execute_result":
        this.#outputs++;
        if (this.#outputs > mostOutputs) return undefined;
        return this.#fitting(event);
      case "update_display_data":
        return this.#fitting(event);
      default:
        return event;
    }
  }

  #fitting<Event extends { readonly data: { readonly [mime: string]: unknown } }>(event: Event): Event {
    const size = sizeOf(event.data);
    const { "text/plain": plain } = event.data;
    this.#size += size;
    if (size > largestOutput || this.#size > largestRun)
      return { ...event, data: { "text/plain": this.#tooLarge(size) } };
    if (typeof plain !== "string" || plain.length <= mostText) return event;
    return { ...event, data: { ...event.data, "text/plain": `${plain.slice(0, mostText)} …` } };
  }
}

/** The first lines of a traceback, and not all of a line that is very long. */
function shortened(traceback: readonly string[]): readonly string[] {
  let left = mostText;
  const lines: string[] = [];
  for (const line of traceback) {
    if (left <= 0) break;
    lines.push(line.length > left ? `${line.slice(0, left)} …` : line);
    left -= line.length;
  }
  return lines;
}

/** About how many characters JSON would take. */
function sizeOf(value: unknown): number {
  let size = 0;
  const rest: unknown[] = [value];
  while (rest.length > 0 && size <= largestOutput) {
    const next = rest.pop();
    if (typeof next === "string") size += next.length;
    else if (typeof next !== "object" || next === null) size += 8;
    else
      for (const [key, inner] of Object.entries(next)) {
        size += key.length + 2;
        rest.push(inner);
      }
  }
  return size;
}
