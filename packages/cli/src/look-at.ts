import { type Stats, statSync } from "node:fs";
import { Failure } from "./failure.js";

/**
 * That a file is there and can be one: a device may never end.
 * @throws {Failure} with the path and the reason
 */
export function lookAt(path: string): Stats {
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) throw new Failure(`${path}: a folder, where a file is wanted`);
    if (stats.isBlockDevice() || stats.isCharacterDevice())
      throw new Failure(`${path}: a device, where a file is wanted`);
    return stats;
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(`${path}: ${reason(error)}`);
  }
}

/** Why the system refused, without its numbers. */
export function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  switch (code) {
    case "ENOENT":
      return "no such file";
    case "EISDIR":
      return "a folder, where a file is wanted";
    case "ENOTDIR":
      return "a file, where its folder should be";
    case "ELOOP":
      return "a link that leads to itself";
    case "EACCES":
    case "EPERM":
      return "not allowed";
    case "ENOSPC":
      return "no space is left on the disk";
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
