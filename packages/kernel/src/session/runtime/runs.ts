import { Context } from "#host/runtime/context.js";
import type { Run } from "../messages.js";

/** A run of a cell, as all work that it started sees it, also long after it ended. */
export interface CellRun {
  readonly run: Run;
  /** Set when it was interrupted: loops that it left behind end at their next turn. */
  cancelled: boolean;
  /** Ends the wait for its result. */
  readonly stop: (error: Error) => void;
}

const storage = new Context<CellRun>();
const messages = new Context<string>();
let latest: CellRun | undefined;
const active = new Set<CellRun>();

/** The cell that started the work that runs now: late output belongs to it. */
export function owner(): CellRun | undefined {
  return storage.get() ?? latest;
}

/** The cells whose reply is still due: one of each shell at most. */
export function activeRuns(): ReadonlySet<CellRun> {
  return active;
}

/** The id that output goes by: of the message that is being handled, or of the cell. */
export function ownerId(): string {
  return messages.get() ?? owner()?.run.id ?? "";
}

/** Runs the handler of a message from the page, whose output belongs to that message. */
export function onBehalfOf(message: string, work: () => void): void {
  messages.run(message, work);
}

export function runAs<T>(cell: CellRun, work: () => T): T {
  latest = cell;
  active.add(cell);
  return storage.run(cell, work);
}

export function finished(cell: CellRun): void {
  active.delete(cell);
}
