import type { CellError, ExecuteReply, Json } from "@convfuse/kernel";
import type { PageOutputs } from "./cell-outputs.js";
import type { CellState, PageCell } from "./page-cell.js";
import { errorPlaces } from "./positions.js";
import type { OpenSession, SessionHost } from "./session-host.js";

/**
 * How long a cell may take at least to stop before all that runs is ended, in milliseconds. A page that was
 * opened from a file shares nothing with its worker, so there a loop that keeps messages out can never learn
 * that it is to stop.
 */
const leastPatience = globalThis.origin === "null" ? 800 : 3000;

/** And at most, on a machine that is slow at everything. */
const mostPatience = 5000;

/** A second click within so many milliseconds belongs to the first: nobody decides anything that fast. */
const doubleClick = 500;

export interface RunQueueOptions {
  readonly host: SessionHost;
  readonly outputs: PageOutputs;
  /** What is said of a cell: it began, ended, was stopped. */
  readonly announce: (news: RunNews) => void;
  /** The reason that is given when a cell was ended by force. */
  readonly endedReason: string;
  /** What the outputs say when variables are gone. */
  readonly goneText: (reason: string) => string;
}

export type RunNews =
  | { readonly kind: "running" | "done" | "stopped" | "stopping" | "queued"; readonly cell: PageCell }
  | { readonly kind: "failed"; readonly cell: PageCell; readonly reason: string; readonly isBroken: boolean };

interface Waiting {
  readonly cell: PageCell;
  /** Of the cell before it was asked to run: it has it again if the run does not come about. */
  readonly before: CellState;
}

/** Runs cells one after the other. A failure, or a stop, takes those back that wait. */
export class RunQueue {
  readonly #options: RunQueueOptions;
  #waiting: Waiting[] = [];
  #running: PageCell | undefined;
  /** Of the running cell: whether the session has it, and whether the reader asked it to stop. */
  #isExecuting = false;
  #isStopping = false;
  #stoppedAt = 0;
  #lastResort: ReturnType<typeof setTimeout> | undefined;
  /** The cells that this session has run without an error. */
  readonly #succeeded = new Set<PageCell>();
  #count = 0;
  #runs = 0;

  constructor(options: RunQueueOptions) {
    this.#options = options;
  }

  hasRun(cell: PageCell): boolean {
    return this.#succeeded.has(cell);
  }

  /** Cells that wait or run already stay where they are. */
  add(cells: readonly PageCell[]): void {
    const added = cells.filter(({ state }) => state !== "running");
    for (const cell of added) {
      this.#waiting.push({ cell, before: cell.state });
      cell.state = "running";
    }
    const [first] = added;
    if (this.#running && first) this.#options.announce({ kind: "queued", cell: first });
    this.#work();
  }

  /** Stops a cell that waits or runs; a second time, or after a while, all that runs is ended. */
  stop(cell: PageCell): void {
    if (cell.state !== "running") return;
    const { host, endedReason, announce } = this.#options;
    // One that was reset while it ran, and run again, waits for its own end.
    const isWaiting = this.#waiting.some((waiting) => waiting.cell === cell);
    if (this.#running === cell && this.#isExecuting && !isWaiting) {
      if (this.#isStopping) {
        if (performance.now() - this.#stoppedAt >= doubleClick) host.end(endedReason);
        return;
      }
      this.#isStopping = true;
      this.#stoppedAt = performance.now();
      this.#takeBack();
      announce({ kind: "stopping", cell });
      // Where a session was slow to start, its cells are slow to stop.
      const patience = Math.max(leastPatience, Math.min(host.startTime / 2, mostPatience));
      this.#lastResort = setTimeout(() => host.end(endedReason), patience);
      host.current()?.then(({ session }) => session.interrupt());
      return;
    }
    if (this.#running === cell && !isWaiting) this.#takeBack();
    else this.#waiting = this.#waiting.filter((waiting) => waiting.cell !== cell);
    cell.state = "failed";
    announce({ kind: "stopped", cell });
  }

  /** Takes back what waits: the session is about to be ended. */
  clear(): void {
    this.#takeBack();
  }

  /** A new session counts from 1, and has run nothing. */
  restart(): void {
    this.#count = 0;
    this.#succeeded.clear();
  }

  #takeBack(): void {
    for (const { cell, before } of this.#waiting) cell.state = before;
    this.#waiting = [];
  }

  async #work(): Promise<void> {
    if (this.#running) return;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      this.#running = next.cell;
      const { cell } = next;
      // Whatever a cell's outputs do to the page, the others have their turn.
      await this.#run(cell).catch((error: unknown) => this.#fail(cell, String(error)));
      clearTimeout(this.#lastResort);
      this.#isExecuting = false;
      this.#isStopping = false;
      this.#running = undefined;
    }
  }

  async #run(cell: PageCell): Promise<void> {
    const { host, outputs, announce } = this.#options;
    let open: OpenSession;
    try {
      open = await host.open(cell.source);
    } catch (error) {
      if (cell.state === "running") this.#fail(cell, error instanceof Error ? error.message : String(error));
      return;
    }
    // It was stopped, or reset, while the session was loading.
    if (cell.state !== "running") return;
    this.#isExecuting = true;
    const executionCount = ++this.#count;
    const id = `${++this.#runs}`;
    announce({ kind: "running", cell });
    cell.count(executionCount);
    cell.markErrors([]);
    outputs.begin(id, cell.outputs);
    const request = { id, code: cell.source, executionCount, allowStdin: false };
    const reply = await Promise.race([open.session.execute(request).catch(brokenReply), open.ended]);
    // It was reset while it ran.
    if (cell.executionCount !== executionCount) return;
    outputs.flush();
    cell.outputs.show();
    if (typeof reply === "string") {
      cell.outputs.addError(this.#options.goneText(reply));
      cell.state = "failed";
      this.#takeBack();
    } else this.#settle(cell, reply, executionCount);
  }

  #settle(cell: PageCell, reply: ExecuteReply, executionCount: number): void {
    const { announce } = this.#options;
    if (reply.status === "ok") {
      for (const text of reply.payload.flatMap(pageText)) cell.outputs.addText(text);
      this.#succeeded.add(cell);
      cell.state = "done";
      announce({ kind: "done", cell });
      return;
    }
    cell.markErrors(errorPlaces(reply, executionCount));
    if (!this.#isStopping) {
      this.#fail(cell, firstLine(reply), reply.ename === kernelError);
      return;
    }
    cell.state = "failed";
    announce({ kind: "stopped", cell });
  }

  #fail(cell: PageCell, reason: string, isBroken = false): void {
    cell.state = "failed";
    this.#takeBack();
    this.#options.announce({ kind: "failed", cell, reason, isBroken });
  }
}

/** What a session says whose own parts a cell has taken away. */
const kernelError = "KernelError";

function brokenReply(error: Error): ExecuteReply {
  const { message } = error;
  return { status: "error", ename: kernelError, evalue: message, traceback: [`${kernelError}: ${message}`] };
}

/** The text that a cell such as `name?` asks to be shown. */
function pageText(payload: Json): readonly string[] {
  const { data } = (payload ?? {}) as { readonly data?: { readonly "text/plain"?: Json } };
  const text = data?.["text/plain"];
  return typeof text === "string" ? [text] : [];
}

function firstLine({ ename, evalue }: CellError): string {
  return `${ename}: ${evalue}`.split("\n")[0]?.slice(0, 200) ?? ename;
}
