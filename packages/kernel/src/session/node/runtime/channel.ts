import { writeSync } from "node:fs";
import { eventsFd, type FromRuntime } from "../../messages.js";
import { encodeFrame } from "../framing.js";

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
