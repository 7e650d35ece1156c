import { StringDecoder } from "node:string_decoder";
import { emit, onBeforeEvent } from "./channel.js";
import { setOnLook } from "./interrupt.js";
import { ownerId } from "./runs.js";

type StreamName = "stdout" | "stderr";

/** Longest wait before written text is shown, in milliseconds, and the most that is kept back. */
const longestWait = 15;
const largestKept = 1 << 16;
/**
 * A token bucket: `burst` writes are sent at once, and `refillPerMs` more for each millisecond since. What follows a write may be
 * code that never looks up, a regular expression or a package's own loop; so only a flood is joined.
 */
const burst = 1000;
const refillPerMs = 4;

let pending: { parent: string; name: StreamName; parts: string[]; size: number } | undefined;
let flushed = 0;
let allowance = burst;
let counted = 0;
let timer: NodeJS.Immediate | undefined;
/** Half of a surrogate pair, kept for the other half. */
let half = "";

/** Joins what a flood of writes brings within a few milliseconds into one message. */
function write(parent: string, name: StreamName, text: string): void {
  if (pending && (pending.parent !== parent || pending.name !== name)) flush();
  pending ??= { parent, name, parts: [], size: 0 };
  pending.parts.push(text);
  pending.size += text.length;
  const now = performance.now();
  allowance = Math.min(burst, allowance + (now - counted) * refillPerMs);
  counted = now;
  if (pending.size >= largestKept || allowance >= 1) {
    allowance--;
    flush(false);
  } else timer ??= setImmediate(() => flush());
}

/** Sends what is kept back; `whole` also sends half a surrogate pair. */
export function flush(whole = true): void {
  if (timer) clearImmediate(timer);
  timer = undefined;
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
    timer = setImmediate(() => flush());
  }
  flushed = performance.now();
  if (text !== "") emit({ type: "stream", parent, name, text: wellFormed(text) });
}

/** Half a surrogate pair cannot be sent as UTF-8. */
function wellFormed(text: string): string {
  return /\p{Surrogate}/u.test(text) ? Buffer.from(text).toString() : text;
}

/** Leads `process.stdout` and `process.stderr`, and so `console`, to the cell that writes. */
export function captureStreams(): void {
  for (const name of ["stdout", "stderr"] as const) {
    const decoders = new Map<string, StringDecoder>();
    const decode = (parent: string, chunk: Uint8Array): string => {
      // A cell's bytes may be cut anywhere; another cell's must not get between them.
      let decoder = decoders.get(parent);
      if (!decoder) {
        decoders.clear();
        decoder = new StringDecoder("utf8");
        decoders.set(parent, decoder);
      }
      return decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    };
    const replacement = (
      chunk: string | Uint8Array,
      encoding?: BufferEncoding | ((error?: Error | null) => void),
      callback?: (error?: Error | null) => void,
    ): boolean => {
      const parent = ownerId();
      const text =
        typeof chunk !== "string"
          ? decode(parent, chunk)
          : typeof encoding === "string" && !/^utf-?8$/i.test(encoding)
            ? decode(parent, Buffer.from(chunk, encoding))
            : chunk;
      if (text !== "") write(parent, name, text);
      const done = typeof encoding === "function" ? encoding : callback;
      if (done) process.nextTick(done, null);
      return true;
    };
    process[name].write = replacement as typeof process.stdout.write;
  }
  onBeforeEvent(() => flush());
  setOnLook(() => {
    if (pending && performance.now() - flushed > longestWait) flush(false);
  });
}
