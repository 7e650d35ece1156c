import { interrupted } from "./program/interruptible.js";
import type { Project } from "./program/project.js";

/**
 * How many nodes of syntax trees may wait for an import that may never come, in a session and in the snapshot
 * that it starts from. With the names that belong to them each takes about 300 bytes, and as much again in a
 * snapshot's file, which stays in memory. As they are parsed at first, the declarations of zod have 21,000,
 * those of d3 11,000, those of lodash 10,000.
 */
export const mostNodes = 65_000;

/** Reads the declarations of packages before a cell imports them, a file at a time. */
export class ReadAhead {
  readonly #project: Project;
  readonly #entries: Iterator<string>;
  readonly #room: number;
  readonly #pending: string[] = [];
  readonly #seen = new Set<string>();
  /** How many nodes it has read. */
  nodes = 0;

  /**
   * @param entries declarations that imports lead to; what those import is read with them, the first entry
   *   first
   * @param room how many nodes may be read
   */
  constructor(project: Project, entries: Iterable<string>, room: number) {
    this.#project = project;
    this.#entries = entries[Symbol.iterator]();
    this.#room = room;
  }

  /** Whether no more may be read, though there is more. */
  get isFull(): boolean {
    return this.nodes >= this.#room && this.#next() !== undefined;
  }

  /**
   * Reads the next file, or leaves it as soon as `isAwaited` says that somebody waits, for another step to
   * begin it again; false where none is left that may be read. A file that `left` nodes are too few for is
   * passed over.
   */
  step(isAwaited: () => boolean = () => false, left: number = this.#room - this.nodes): boolean {
    while (this.nodes < this.#room) {
      const path = this.#next();
      if (path === undefined) return false;
      const read = this.#project.readAhead(path, isAwaited, left);
      if (read === interrupted) return true;
      this.#seen.add(path);
      if (!read) continue;
      this.nodes += read.nodes;
      this.#pending.push(...read.leadsTo);
      return true;
    }
    return false;
  }

  #next(): string | undefined {
    for (;;) {
      const path = this.#pending.at(-1);
      if (path !== undefined && !this.#seen.has(path)) return path;
      if (path !== undefined) this.#pending.pop();
      else {
        const { value, done } = this.#entries.next();
        if (done) return undefined;
        this.#pending.push(value);
      }
    }
  }
}
