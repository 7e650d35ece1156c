import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { FileChunks } from "@convfuse/onnx";
import { Failure } from "./failure.js";
import { reason } from "./look-at.js";

/** A file to be written. */
export interface Output {
  readonly path: string;
  readonly content: Pick<FileChunks, "writeTo">;
}

/** Bytes that are written at once: what comes in less is collected. */
const together = 2 ** 17;

/**
 * Writes files under temporary names beside their places and renames them when all are whole: whatever
 * happens on the way, a file that was there is still there.
 * @param onBytes is told how many bytes of a file have been made
 * @param ready is called when all are whole, before any is renamed; what it throws leaves no file
 * @throws {Failure} with the path and the reason
 */
export function writeFiles(
  outputs: readonly Output[],
  onBytes: (bytes: number) => void,
  ready: () => void,
): void {
  const written: { readonly partial: string; readonly path: string }[] = [];
  try {
    for (const { path, content } of outputs) {
      const partial = join(dirname(path), `.${basename(path)}.${process.pid}.partial`);
      written.push({ partial, path });
      attempt(path, () => write(partial, content, onBytes));
    }
    ready();
    for (const { partial, path } of written) attempt(path, () => renameSync(partial, path));
  } finally {
    for (const { partial } of written) rmSync(partial, { force: true });
  }
}

function write(path: string, content: Output["content"], onBytes: (bytes: number) => void): void {
  const file = openSync(path, "wx");
  try {
    const collected = new Uint8Array(together);
    let count = 0;
    let all = 0;
    content.writeTo((bytes) => {
      all += bytes.length;
      onBytes(all);
      if (count + bytes.length > together) {
        writeAll(file, collected.subarray(0, count));
        count = 0;
      }
      if (bytes.length > together) writeAll(file, bytes);
      else {
        collected.set(bytes, count);
        count += bytes.length;
      }
    });
    writeAll(file, collected.subarray(0, count));
  } finally {
    closeSync(file);
  }
}

/** The system may take less than it is given. */
function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
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
