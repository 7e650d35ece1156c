import { readSync } from "node:fs";
import { interruptFd } from "../../messages.js";
import { leave } from "./channel.js";

const word = new Uint32Array(1);
const parent = process.ppid;

/** The last of the runs that the front door wants to end: it notes the number in a file, which is read while the event loop stands still. */
export function interruptedRun(): number {
  readSync(interruptFd, word, 0, 4, 0);
  return word[0] ?? 0;
}

/** The front door was killed: nobody is left to end what runs. */
export function endIfOrphaned(): void {
  if (process.ppid !== parent) leave(1);
}
