import { type BigIntStats, closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { Failure } from "./failure.js";
import { reason } from "./look-at.js";

/**
 * Files that are open at once: a model may keep each tensor in one of its own, and the system opens a
 * thousand.
 */
const mostOpen = 64;

/** Node reads no 2 GiB at once. */
const mostRead = 2 ** 30;

/** Fills memory with what a file holds from a place on. */
export type ReadAt = (offset: number, into: Uint8Array) => void;

/** Files of which parts are read when they are needed, and which must stay what they were meanwhile. */
export class InputFiles {
  /** Each file as it was when it was looked at first. */
  readonly #found = new Map<string, BigIntStats>();
  /** Those that are open, in the order in which they were opened. */
  readonly #open = new Map<string, number>();

  /**
   * @param role what an error says of the file behind the reason
   * @returns what reads the file, and throws a Failure where that cannot be done
   */
  reader(path: string, role = ""): ReadAt {
    return (offset, into) => {
      try {
        this.#read(path, offset, into);
      } catch (error) {
        this.check();
        throw error instanceof Failure ? error : new Failure(`${path}: ${reason(error)}${role}`);
      }
    };
  }

  /**
   * Opens a file, which is what it is from here on.
   * @returns its bytes
   */
  sizeOf(path: string): number {
    return fstatSync(this.#opened(path)).size;
  }

  /**
   * A file that may be read later, and must be what it is now; whether it is there and can be read shows when
   * it is read.
   */
  watch(path: string): void {
    const stats = statsOf(path);
    if (stats !== undefined) this.#found.set(path, stats);
  }

  /** @throws {Failure} with the path, if a file is no longer what was read */
  check(): void {
    for (const [path, before] of this.#found) {
      if (isUnchanged(path, before)) continue;
      throw new Failure(`${path}: was changed while it was read`);
    }
  }

  /**
   * When all that was wanted of them has been read.
   * @throws {Failure} with the path, if a file is no longer what was read
   */
  settle(): void {
    this.close();
    this.check();
  }

  /** Lets all of them go. */
  close(): void {
    for (const [path, file] of this.#open) this.#shut(path, file);
  }

  #read(path: string, offset: number, into: Uint8Array): void {
    const file = this.#opened(path);
    for (let done = 0; done < into.length; ) {
      const most = Math.min(into.length - done, mostRead);
      const count = readSync(file, into, done, most, offset + done);
      if (count === 0) {
        throw new Failure(
          `${path}: ends before byte ${offset + into.length}, up to which the model keeps a tensor`,
        );
      }
      done += count;
    }
  }

  #opened(path: string): number {
    const known = this.#open.get(path);
    if (known !== undefined) return known;
    if (this.#open.size === mostOpen) {
      const [first] = this.#open;
      if (first !== undefined) this.#shut(...first);
    }
    const file = openSync(path, "r");
    this.#open.set(path, file);
    if (!this.#found.has(path)) this.#found.set(path, fstatSync(file, { bigint: true }));
    return file;
  }

  #shut(path: string, file: number): void {
    this.#open.delete(path);
    closeSync(file);
  }
}

function isUnchanged(path: string, { dev, ino, size, mtimeNs }: BigIntStats): boolean {
  const now = statsOf(path);
  return now?.dev === dev && now.ino === ino && now.size === size && now.mtimeNs === mtimeNs;
}

function statsOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true });
  } catch {
    return undefined;
  }
}
