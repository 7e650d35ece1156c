import { readSync } from "node:fs";
import { interruptFd } from "../../messages.js";
import { leave } from "./channel.js";

const word = new Uint32Array(2);
const parent = process.ppid;

let letDebuggerIn: () => void = () => {};

/** Says what to do when a debugger wants to be let in while a cell computes. */
export function onDebugger(work: () => void): void {
  letDebuggerIn = work;
}

/**
 * The last of the runs that the front door wants to end: it notes the number in a file, which is read while
 * the event loop stands still.
 */
export function interruptedRun(): number {
  readSync(interruptFd, word, 0, 8, 0);
  // A debugger waits to be let in, and a message would come when the cell is over.
  if (word[1] !== 0) letDebuggerIn();
  return word[0] ?? 0;
}

/** The front door was killed: nobody is left to end what runs. */
export function endIfOrphaned(): void {
  if (process.ppid !== parent) leave(1);
}
