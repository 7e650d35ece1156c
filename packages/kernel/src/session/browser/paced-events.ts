import { now } from "../now.js";
import type { Json, MimeBundle, SessionEvent } from "../types.js";

type CellEvent = Exclude<SessionEvent, { readonly type: "debug" | "exit" }>;

/**
 * A token bucket: `burst` messages pass at once, and `refillPerMs` more for each millisecond since, which is
 * 60 pictures a second that each clear the last. One that is large counts as many.
 */
const burst = 200;
const refillPerMs = 0.12;
const largeSize = 100_000;
/** How many messages of a run may wait; the rest is left out, but outputs, which have limits of their own. */
const mostWaiting = 10_000;
/** How often what waits is looked at, in milliseconds. */
const interval = 40;

/**
 * Lets a cell's messages through no faster than a page can follow. What waits is joined: of what was shown
 * and cleared again before the page could show it, of an update that another has overtaken, the page hears
 * nothing.
 */
export class PacedEvents {
  readonly #post: (event: SessionEvent) => void;
  readonly #leave: (parent: string) => void;
  readonly #waiting = new Map<string, CellEvent[]>();
  // A cell may put something else in its place.
  readonly #later = setTimeout;
  #allowance = burst;
  #counted = 0;
  #isDue = false;

  /** @param leave told of each message that is left out */
  constructor(post: (event: SessionEvent) => void, leave: (parent: string) => void) {
    this.#post = post;
    this.#leave = leave;
  }

  pass(event: SessionEvent): void {
    if (event.type === "exit" || event.type === "debug") {
      this.#post(event);
      return;
    }
    this.#drain();
    const waiting = this.#waiting.get(event.parent);
    if (waiting === undefined && (isFree(event) || this.#allowance > 0)) this.#send(event);
    else {
      const events = waiting ?? [];
      if (!join(events, event)) this.#leave(event.parent);
      this.#waiting.set(event.parent, events);
      this.#lookLater();
    }
  }

  /** Lets all of a run's messages through. */
  end(parent: string): void {
    const events = this.#waiting.get(parent) ?? [];
    this.#waiting.delete(parent);
    for (const event of events) this.#send(event);
  }

  #drain(): void {
    const time = now();
    this.#allowance = Math.min(burst, this.#allowance + (time - this.#counted) * refillPerMs);
    this.#counted = time;
    for (const [parent, events] of this.#waiting) {
      let sent = 0;
      while (sent < events.length && this.#allowance > 0) this.#send(events[sent++] as CellEvent);
      events.splice(0, sent);
      if (events.length === 0) this.#waiting.delete(parent);
    }
  }

  #lookLater(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    const later = this.#later;
    later(() => {
      this.#isDue = false;
      this.#drain();
      if (this.#waiting.size > 0) this.#lookLater();
    }, interval);
  }

  #send(event: CellEvent): void {
    if (!isFree(event)) this.#allowance -= 1 + sizeOf(event) / largeSize;
    this.#post(event);
  }
}

/** Of these there are few, or they are counted by their characters. */
function isFree({ type }: CellEvent): boolean {
  return type === "stream" || type === "error" || type === "input_request";
}

function isOutput({ type }: CellEvent): boolean {
  return type === "stream" || type === "display_data" || type === "execute_result" || type === "error";
}

/** Puts an event behind those that wait, without what it makes needless; false where there are too many. */
function join(waiting: CellEvent[], event: CellEvent): boolean {
  const isWaitingClear = (other: CellEvent): boolean => other.type === "clear_output" && other.wait;
  if (event.type === "clear_output" && !event.wait) {
    keep(waiting, (other) => !isOutput(other) && other.type !== "clear_output");
  } else if (event.type === "clear_output") {
    // Since an earlier one nothing came that it could clear.
    const last = waiting.findLast((other) => isOutput(other) || other.type === "clear_output");
    if (last !== undefined && isWaitingClear(last)) return true;
  } else if (isOutput(event)) {
    // Now that something comes, what stood before the clearing goes.
    const clearing = waiting.findLastIndex(isWaitingClear);
    keep(waiting, (other, at) => at >= clearing || !(isOutput(other) || other.type === "clear_output"));
    const last = waiting.at(-1);
    if (event.type === "stream" && last?.type === "stream" && last.name === event.name) {
      waiting[waiting.length - 1] = { ...last, text: last.text + event.text };
      return true;
    }
  } else if (event.type === "update_display_data") {
    const id = event.transient.display_id;
    keep(waiting, (other) => other.type !== "update_display_data" || other.transient.display_id !== id);
  }
  if (waiting.length >= mostWaiting && !isOutput(event) && event.type !== "input_request") return false;
  waiting.push(event);
  return true;
}

function keep(events: CellEvent[], isKept: (event: CellEvent, at: number) => boolean): void {
  const kept = events.filter(isKept);
  events.splice(0, events.length, ...kept);
}

/** About how many characters an event has. */
function sizeOf(event: CellEvent): number {
  const ofJson = (value: Json | MimeBundle): number =>
    typeof value === "string" ? value.length : (JSON.stringify(value)?.length ?? 0);
  if (event.type === "broadcast") return ofJson(event.content);
  if (!("data" in event)) return 0;
  const { data } = event;
  const buffers = "buffers" in event ? event.buffers.reduce((sum, { length }) => sum + length, 0) : 0;
  if (typeof data !== "object" || data === null || Array.isArray(data)) return ofJson(data) + buffers;
  return Object.values(data).reduce<number>((sum, value) => sum + ofJson(value), buffers);
}
