import type { Project } from "./program/project.js";

/**
 * How many nodes of syntax trees may wait for an import that may never come. With the names that belong to them each takes about
 * 300 bytes. The declarations of lodash have 51,000, those of zod 41,000, those of d3 31,000.
 */
const mostNodes = 100_000;

/** Reads the declarations of packages before a cell imports them, a file at a time. */
export class ReadAhead {
  readonly #project: Project;
  readonly #pending: string[];
  readonly #seen = new Set<string>();
  #nodes = 0;

  /** @param entries declarations that imports lead to; what those import is read with them, the first entry first */
  constructor(project: Project, entries: readonly string[]) {
    this.#project = project;
    this.#pending = [...entries].reverse();
  }

  /** Whether no more may be read, though there is more. */
  get isFull(): boolean {
    return this.#nodes >= mostNodes && this.#pending.length > 0;
  }

  /** Reads the next file; false where none is left that may be read. */
  step(): boolean {
    for (;;) {
      const path = this.#nodes < mostNodes ? this.#pending.pop() : undefined;
      if (path === undefined) return false;
      if (this.#seen.has(path)) continue;
      this.#seen.add(path);
      const read = this.#project.readAhead(path);
      if (!read) continue;
      this.#nodes += read.nodes;
      this.#pending.push(...read.leadsTo);
      return true;
    }
  }
}
