import { now } from "../now.js";
import type { SessionEvent } from "../types.js";
import { PacedEvents } from "./paced-events.js";
import type { LeftOut, OutputLimits } from "./protocol.js";

/** Longest wait before what was left out is said, in milliseconds. */
const longestWait = 40;

interface Counts {
  characters: number;
  outputs: number;
}

/**
 * Keeps output beyond a page's limits in the worker, and only counts it: a page that has to read a flood of
 * messages comes to nothing else, neither to the reader's click on Stop nor to the answer that the cell has
 * ended. What has no limit in number, as each message may take the place of others, is paced.
 */
export class LimitedOutput {
  readonly #limits: OutputLimits;
  readonly #paced: PacedEvents;
  readonly #say: (leftOut: LeftOut) => void;
  readonly #passed = new Map<string, Counts>();
  readonly #leftOut = new Map<string, Counts>();
  #said = 0;

  constructor(limits: OutputLimits, post: (event: SessionEvent) => void, say: (leftOut: LeftOut) => void) {
    this.#limits = limits;
    this.#paced = new PacedEvents(post, (parent) => this.#leave(parent, 0, 1));
    this.#say = say;
  }

  pass(event: SessionEvent): void {
    switch (event.type) {
      case "stream": {
        const passed = countsOf(this.#passed, event.parent);
        const text = event.text.slice(0, Math.max(0, this.#limits.characters - passed.characters));
        passed.characters += text.length;
        if (text !== "") this.#paced.pass({ ...event, text });
        const rest = event.text.length - text.length;
        if (rest > 0) this.#leave(event.parent, rest, 0);
        break;
      }
      case "display_data":
      case "execute_result": {
        const passed = countsOf(this.#passed, event.parent);
        if (passed.outputs++ < this.#limits.outputs) this.#paced.pass(event);
        else this.#leave(event.parent, 0, 1);
        break;
      }
      case "clear_output":
        this.#passed.delete(event.parent);
        this.#leftOut.delete(event.parent);
        this.#paced.pass(event);
        break;
      default:
        this.#paced.pass(event);
    }
  }

  /** Says what was left out. */
  flush(): void {
    this.#said = now();
    for (const [parent, counts] of this.#leftOut) this.#say({ parent, ...counts });
    this.#leftOut.clear();
  }

  /** A run is over: all of its output is there before its answer. */
  end(parent: string): void {
    this.#paced.end(parent);
    this.flush();
  }

  #leave(parent: string, characters: number, outputs: number): void {
    const counts = countsOf(this.#leftOut, parent);
    counts.characters += characters;
    counts.outputs += outputs;
    if (now() - this.#said > longestWait) this.flush();
  }
}

function countsOf(all: Map<string, Counts>, parent: string): Counts {
  let counts = all.get(parent);
  if (counts === undefined) {
    counts = { characters: 0, outputs: 0 };
    all.set(parent, counts);
  }
  return counts;
}
