import { appendFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A cell that was run: `[session, line, input, output]`. */
export interface HistoryEntry {
  readonly session: number;
  readonly line: number;
  readonly input: string;
  /** The result as text, or null where there was none. */
  readonly output: string | null;
}

/** What one line of a file holds: a cell's input as it starts, its output when it ends. */
type HistoryRecord =
  | { readonly line: number; readonly input: string }
  | { readonly line: number; readonly output: string };

const keptSessions = 1000;
const fileName = /^(\d{1,9})\.jsonl$/;

function isRecord(value: unknown): value is HistoryRecord {
  if (typeof value !== "object" || value === null) return false;
  const { line, input, output } = value as { line?: unknown; input?: unknown; output?: unknown };
  return Number.isInteger(line) && (typeof input === "string" || typeof output === "string");
}

function parse(session: number, text: string): HistoryEntry[] {
  const entries = new Map<number, HistoryEntry>();
  for (const row of text.split("\n")) {
    let record: unknown;
    try {
      record = JSON.parse(row);
    } catch {
      // The last line of a kernel that was killed while it wrote.
      continue;
    }
    if (!isRecord(record)) continue;
    const { line } = record;
    if ("input" in record) entries.set(line, { session, line, input: record.input, output: null });
    else {
      const entry = entries.get(line);
      if (entry) entries.set(line, { ...entry, output: record.output });
    }
  }
  return [...entries.values()];
}

/** The sessions of this user, a file each, numbered from 1, in a folder that only the user can read. */
export class HistoryFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  #path(session: number): string {
    return join(this.#folder, `${session}.jsonl`);
  }

  /** The numbers of the stored sessions, oldest first. */
  async sessions(): Promise<number[]> {
    let names: string[];
    try {
      names = await readdir(this.#folder);
    } catch {
      return [];
    }
    return names
      .flatMap((name) => fileName.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  }

  /**
   * Reserves the next number for a session of its own, also where another kernel does the same at this
   * moment.
   */
  async open(): Promise<number> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const taken = await this.sessions();
    for (const old of taken.slice(0, -keptSessions)) await rm(this.#path(old), { force: true });
    for (let session = (taken.at(-1) ?? 0) + 1; ; session += 1) {
      try {
        await writeFile(this.#path(session), "", { flag: "wx", mode: 0o600 });
        return session;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
    }
  }

  async append(session: number, record: HistoryRecord): Promise<void> {
    await appendFile(this.#path(session), `${JSON.stringify(record)}\n`, { mode: 0o600 });
  }

  /** What a session holds, as far as it is written; it may be that of a kernel which still runs. */
  async read(session: number): Promise<HistoryEntry[]> {
    try {
      return parse(session, await readFile(this.#path(session), "utf8"));
    } catch {
      return [];
    }
  }
}
