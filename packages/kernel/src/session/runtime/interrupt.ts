import { endIfOrphaned, interruptedRun } from "#host/runtime/interrupt-word.js";
import { later } from "#host/runtime/later.js";
import { now } from "../now.js";
import { activeRuns, type CellRun, owner } from "./runs.js";

export class InterruptError extends Error {
  override readonly name = "Interrupted";

  constructor() {
    super("the cell was interrupted; its variables are kept");
  }
}

// A cell may put something else in its place.
const NativePromise = Promise;

/** How long code may run between two looks, in milliseconds. */
const interval = 10;
let onLook: () => void = () => {};
let last = 0;
let step = 256;
/** How long a loop may keep messages from coming in, in milliseconds. */
const longestHold = 40;
let pausedAt = 0;

/** Called at every look that a running cell takes, some hundred times a second. */
export function setOnLook(work: () => void): void {
  onLook = work;
}

/**
 * What compiled loops call. `n` counts down in the loop itself; only then does `check` look at the clock, and
 * only every few milliseconds at the run that the front door wants to end: the event loop, which would bring
 * a message, stands still meanwhile.
 */
export const guard = {
  n: 256,
  check(): void {
    const time = now();
    const elapsed = time - last;
    if (elapsed > interval / 2) {
      last = time;
      look();
      if (elapsed > 2 * interval) step = step > 32 ? step >> 1 : 16;
    } else step = step < 1 << 19 ? step << 1 : 1 << 20;
    guard.n = step;
  },
  /** The same, where only a message can bring the word: it lets them in. */
  async pause(): Promise<void> {
    guard.check();
    const time = now();
    if (time - pausedAt < longestHold) return;
    await new NativePromise<void>((done) => {
      later(done);
    });
    pausedAt = now();
    look();
  },
  turn(): void {
    if (owner()?.cancelled) throw new InterruptError();
    if (--guard.n < 0) guard.check();
  },
};

function look(): void {
  onLook();
  endIfOrphaned();
  if (owner()?.cancelled) throw new InterruptError();
  const cell = owner();
  const active = activeRuns();
  // What a cell left behind may keep the running ones from going on.
  if (cell && active.has(cell) ? isMeant(cell) : [...active].some(isMeant)) throw new InterruptError();
}

/** Whether the front door wants this run to end: it names the last of those that run. */
export function isMeant({ run }: CellRun): boolean {
  return run.sequence <= interruptedRun();
}

/**
 * Ends the running cells from the event loop, where they wait for something. A signal or a message may come
 * late, when the run that it was meant for is over: the one that runs now goes on.
 */
export function interruptActive(): void {
  for (const cell of activeRuns()) {
    if (!isMeant(cell)) continue;
    cell.cancelled = true;
    cell.stop(new InterruptError());
  }
}
