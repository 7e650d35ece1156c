import type { Log } from "../log.js";
import { globMatcher } from "./glob.js";
import { type HistoryEntry, HistoryFiles } from "./history-file.js";

/** What a history_request asks for. */
export type HistoryQuery =
  | { readonly access: "tail"; readonly n: number }
  | {
      readonly access: "range";
      readonly session: number;
      readonly start: number;
      readonly stop: number | null;
    }
  | {
      readonly access: "search";
      readonly pattern: string;
      readonly n: number | null;
      readonly unique: boolean;
    };

/** In UTF-16 units; longer results, which are data more than history, are left out. */
const longestOutput = 2 ** 16;

/**
 * The inputs and results of this session and of earlier ones. A history that cannot be written, on a full or
 * read-only disk, or is not to be, is kept in memory for as long as the kernel runs.
 */
export class History {
  readonly #files: HistoryFiles | null;
  readonly #log: Log;
  readonly #current: Map<number, HistoryEntry> = new Map();
  /** Null where nothing can be stored. */
  #session: Promise<number | null> | null = null;
  #writes: Promise<void> = Promise.resolve();

  /** @param folder where sessions are stored; null for nowhere */
  constructor(folder: string | null, log: Log) {
    this.#files = folder === null ? null : new HistoryFiles(folder);
    this.#log = log;
  }

  /** Sessions get their number, and their file, with their first cell. */
  #open(): Promise<number | null> {
    this.#session ??= (this.#files?.open() ?? Promise.resolve(null)).catch((error: unknown) => {
      this.#log.warn("history is not stored", (error as Error).message);
      return null;
    });
    return this.#session;
  }

  #write(record: Parameters<HistoryFiles["append"]>[1]): void {
    const session = this.#open();
    this.#writes = this.#writes.then(async () => {
      const number = await session;
      if (number === null) return;
      try {
        await this.#files?.append(number, record);
      } catch (error) {
        this.#log.warn("history is not stored", (error as Error).message);
      }
    });
  }

  recordInput(line: number, input: string): void {
    this.#current.set(line, { session: 0, line, input, output: null });
    this.#write({ line, input });
  }

  recordOutput(line: number, output: string): void {
    const entry = this.#current.get(line);
    if (!entry || output.length > longestOutput) return;
    this.#current.set(line, { ...entry, output });
    this.#write({ line, output });
  }

  /** Settles when all that was recorded is stored. */
  async flushed(): Promise<void> {
    await this.#writes;
  }

  async query(query: HistoryQuery): Promise<HistoryEntry[]> {
    if (query.access === "tail") return this.#last(query.n, () => true);
    if (query.access === "range") return this.#range(query.session, query.start, query.stop);
    return this.#search(query.pattern, query.n, query.unique);
  }

  /** Every number a client sees for this session is the one that later sessions will know it by. */
  async #currentEntries(): Promise<HistoryEntry[]> {
    const session = (await this.#session) ?? 0;
    return [...this.#current.values()].map((entry) => ({ ...entry, session }));
  }

  /** The numbers of the other sessions, oldest first. */
  async #others(): Promise<number[]> {
    const current = await this.#session;
    return ((await this.#files?.sessions()) ?? []).filter((session) => session !== current);
  }

  async #read(session: number): Promise<HistoryEntry[]> {
    return (await this.#files?.read(session)) ?? [];
  }

  /**
   * The last `n` entries that pass, oldest first; files are read from the newest, and no more of them than
   * needed.
   */
  async #last(n: number, passes: (entry: HistoryEntry) => boolean): Promise<HistoryEntry[]> {
    const found = (await this.#currentEntries()).reverse().filter(passes);
    for (const session of (await this.#others()).reverse()) {
      if (found.length >= n) break;
      found.push(...(await this.#read(session)).reverse().filter(passes));
    }
    return found.slice(0, Math.max(0, n)).reverse();
  }

  /** `session` 0 is this one, a negative one counts back from it, as in IPython. */
  async #range(session: number, start: number, stop: number | null): Promise<HistoryEntry[]> {
    const current = await this.#session;
    let entries: HistoryEntry[];
    if (session === 0 || session === current) entries = await this.#currentEntries();
    else {
      const earlier = (await this.#others()).filter((other) => other < (current ?? Number.POSITIVE_INFINITY));
      const number = session > 0 ? session : earlier.at(session);
      entries = number === undefined ? [] : await this.#read(number);
    }
    const count = Math.max(0, ...entries.map(({ line }) => line)) + 1;
    const from = start < 0 ? start + count : start;
    const to = stop === null ? count : stop < 0 ? stop + count : stop;
    return entries.filter(({ line }) => line >= from && line < to);
  }

  async #search(pattern: string, n: number | null, unique: boolean): Promise<HistoryEntry[]> {
    const matches = globMatcher(pattern);
    const seen = new Set<string>();
    return this.#last(n ?? Number.POSITIVE_INFINITY, ({ input }) => {
      if ((unique && seen.has(input)) || !matches(input)) return false;
      if (unique) seen.add(input);
      return true;
    });
  }
}
