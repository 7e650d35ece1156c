import { closeSync, openSync, renameSync, rmSync, writevSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Failure } from "./failure.js";
import { reason } from "./model-file.js";

/** A file to be written. */
export interface Output {
  readonly path: string;
  readonly chunks: Iterable<Uint8Array>;
}

/** The most chunks, and bytes, that are handed to the system at once: chunks are made when it is their turn, and few have to be there together. */
const most = { chunks: 512, bytes: 2 ** 20 };

/**
 * Writes files under temporary names beside their places and renames them when all are whole: whatever happens on the way, a file that was
 * there is still there.
 * @throws {Failure} with the path and the reason
 */
export function writeFiles(outputs: readonly Output[]): void {
  const written: { readonly partial: string; readonly path: string }[] = [];
  try {
    for (const { path, chunks } of outputs) {
      const partial = join(dirname(path), `.${basename(path)}.${process.pid}.partial`);
      written.push({ partial, path });
      attempt(path, () => write(partial, chunks));
    }
    for (const { partial, path } of written) attempt(path, () => renameSync(partial, path));
  } finally {
    for (const { partial } of written) rmSync(partial, { force: true });
  }
}

function write(path: string, chunks: Iterable<Uint8Array>): void {
  const file = openSync(path, "wx");
  try {
    let waiting: Uint8Array[] = [];
    let bytes = 0;
    for (const chunk of chunks) {
      if (chunk.length > 0) waiting.push(chunk);
      bytes += chunk.length;
      if (waiting.length < most.chunks && bytes < most.bytes) continue;
      writeAll(file, waiting);
      waiting = [];
      bytes = 0;
    }
    writeAll(file, waiting);
  } finally {
    closeSync(file);
  }
}

/** The system may take less than it is given. */
function writeAll(file: number, chunks: readonly Uint8Array[]): void {
  let rest = [...chunks];
  while (rest.length > 0) {
    let done = writevSync(file, rest);
    while (rest[0] !== undefined && done >= rest[0].length) {
      done -= rest[0].length;
      rest = rest.slice(1);
    }
    if (rest[0] !== undefined) rest[0] = rest[0].subarray(done);
  }
}

function attempt(path: string, run: () => void): void {
  try {
    run();
  } catch (error) {
    throw error instanceof Failure || (error as NodeJS.ErrnoException).code === undefined
      ? error
      : new Failure(`${path}: ${reason(error)}`);
  }
}
