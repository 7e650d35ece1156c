import { now } from "../../now.js";
import type { InterruptSource } from "../protocol.js";

/** How often a blob may be asked for, in milliseconds: each takes about one. */
const patience = 80;

// A cell may put something else in their places.
const { load } = Atomics;
const Request = XMLHttpRequest;

let word: Int32Array | undefined;
let url: string | undefined;
let known = 0;
let asked = 0;
let sequence = 0;

/**
 * Tells whether the worker can see it: a page that was opened from a file shares no blobs with its worker.
 */
export function setInterruptSource(source: InterruptSource): boolean {
  if (source.kind === "memory") word = source.word;
  else url = isThere(source.url) ? source.url : undefined;
  return word !== undefined || url !== undefined;
}

/** Notes the run that a message names, or the one that began: a blob that is gone means that one. */
export function noteInterrupt(run: number): void {
  if (run > known) known = run;
}

export function noteRun(run: number): void {
  if (run > sequence) sequence = run;
}

/** The last of the runs that the page wants to end. */
export function interruptedRun(): number {
  if (word) {
    noteInterrupt(load(word, 0));
    return known;
  }
  const time = now();
  if (url !== undefined && time - asked > patience) {
    if (!isThere(url)) {
      url = undefined;
      if (sequence > known) known = sequence;
    }
    asked = now();
  }
  return known;
}

function isThere(blob: string): boolean {
  const request = new Request();
  try {
    request.open("GET", blob, false);
    request.send();
    return true;
  } catch {
    return false;
  }
}

/** A worker ends with its page. */
export function endIfOrphaned(): void {}
