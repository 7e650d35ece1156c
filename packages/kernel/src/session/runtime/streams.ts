import { later } from "#host/runtime/later.js";
import { now } from "../now.js";
import { emit, onBeforeEvent } from "./events.js";
import { setOnLook } from "./interrupt.js";

export type StreamName = "stdout" | "stderr";

/** Longest wait before written text is shown, in milliseconds, and the most that is kept back. */
const longestWait = 15;
const largestKept = 1 << 16;
/**
 * A token bucket: `burst` writes are sent at once, and `refillPerMs` more for each millisecond since. What
 * follows a write may be code that never looks up, a regular expression or a package's own loop; so only a
 * flood is joined.
 */
const burst = 1000;
const refillPerMs = 4;

let pending: { parent: string; name: StreamName; parts: string[]; size: number } | undefined;
let flushed = 0;
let allowance = burst;
let counted = 0;
let callOff: (() => void) | undefined;
/** Half of a surrogate pair, kept for the other half. */
let half = "";

/** Joins what a flood of writes brings within a few milliseconds into one message. */
export function write(parent: string, name: StreamName, text: string): void {
  if (pending && (pending.parent !== parent || pending.name !== name)) flush();
  pending ??= { parent, name, parts: [], size: 0 };
  pending.parts.push(text);
  pending.size += text.length;
  const time = now();
  allowance = Math.min(burst, allowance + (time - counted) * refillPerMs);
  counted = time;
  if (pending.size >= largestKept || allowance >= 1) {
    allowance--;
    flush(false);
  } else callOff ??= later(() => flush());
}

/** Sends what is kept back; `whole` also sends half a surrogate pair. */
export function flush(whole = true): void {
  callOff?.();
  callOff = undefined;
  if (!pending) return;
  const { parent, name, parts } = pending;
  pending = undefined;
  let text = half + parts.join("");
  half = "";
  const end = text.charCodeAt(text.length - 1);
  if (!whole && end >= 0xd800 && end < 0xdc00) {
    half = text.slice(-1);
    text = text.slice(0, -1);
    pending = { parent, name, parts: [], size: 0 };
    callOff = later(() => flush());
  }
  flushed = now();
  if (text !== "") emit({ type: "stream", parent, name, text: wellFormed(text) });
}

/** Half a surrogate pair cannot be sent as UTF-8. */
function wellFormed(text: string): string {
  return /\p{Surrogate}/u.test(text) ? new TextDecoder().decode(new TextEncoder().encode(text)) : text;
}

onBeforeEvent(() => flush());
setOnLook(() => {
  if (pending && now() - flushed > longestWait) flush(false);
});
