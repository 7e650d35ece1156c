import type { Project } from "./program/project.js";
import { ReadAhead } from "./read-ahead.js";

/**
 * Reads several packages ahead within one room: always of the one on that least was read yet. Where they do
 * not all fit in, each has a part of its first import spared, and the small ones all of it.
 */
export class ReadInTurns {
  readonly #project: Project;
  readonly #groups: Iterator<Iterable<string>>;
  #names: Iterator<string> = [][Symbol.iterator]();
  #packages: ReadAhead[] = [];
  #room: number;

  /** @param groups names of packages; one group comes after the other */
  constructor(project: Project, groups: Iterable<Iterable<string>>, room: number) {
    this.#project = project;
    this.#groups = groups[Symbol.iterator]();
    this.#room = room;
  }

  /** Reads a file, or leaves it as `ReadAhead` does; false where nothing is left to be read, or no room. */
  step(isAwaited: () => boolean): boolean {
    const next = this.#room > 0 ? this.#next() : undefined;
    if (!next) return false;
    const before = next.nodes;
    if (!next.step(isAwaited, this.#room)) this.#packages = this.#packages.filter((ahead) => ahead !== next);
    this.#room -= next.nodes - before;
    return true;
  }

  #next(): ReadAhead | undefined {
    for (;;) {
      const { value: name, done } = this.#names.next();
      if (!done) {
        const path = this.#project.declarationsOf(name);
        if (path === undefined) continue;
        const ahead = new ReadAhead(this.#project, [path], this.#room);
        this.#packages.push(ahead);
        return ahead;
      }
      const [first, ...others] = this.#packages;
      if (first) return others.reduce((least, ahead) => (ahead.nodes < least.nodes ? ahead : least), first);
      const group = this.#groups.next();
      if (group.done) return undefined;
      this.#names = group.value[Symbol.iterator]();
    }
  }
}
