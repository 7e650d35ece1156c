import { writeSync } from "node:fs";
import { encodeFrame } from "../framing.js";
import { eventsFd, type FromRuntime } from "../messages.js";
import type { SessionEvent } from "../types.js";

/** Ends the process; a cell's `process.exit` does not. */
export const leave: (code: number) => never = process.exit.bind(process);

const pause = new Int32Array(new SharedArrayBuffer(4));

/** Writes to the front door at once, even while a cell keeps the event loop from turning. */
export function send(message: FromRuntime): void {
  const frame = encodeFrame(message);
  for (let at = 0; at < frame.length; ) {
    try {
      at += writeSync(eventsFd, frame, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") leave(1);
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}

const beforeEvent: (() => void)[] = [];

/** Runs `work` ahead of every event, so that text written earlier is shown earlier. */
export function onBeforeEvent(work: () => void): void {
  beforeEvent.push(work);
}

export function emit(event: SessionEvent): void {
  if (event.type !== "stream") for (const work of beforeEvent) work();
  send({ type: "event", event });
}
