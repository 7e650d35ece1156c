import { type Zippable, zipSync } from "fflate";
import { FormatError } from "../errors.js";
import type { StateArray, StateDict } from "../nn/state-dict.js";
import { readNpy, writeNpy } from "./npy.js";
import { unzip } from "./unzip.js";

/**
 * Reads what `numpy.savez` and `savez_compressed` write: a zip archive with a .npy file for each array.
 *
 * @param bytes the whole file
 * @returns arrays by name, without `.npy`
 * @throws {FormatError} if it is no such archive, unpacks to more than twice its size, or holds a file that is no array
 * @see https://numpy.org/doc/stable/reference/generated/numpy.savez.html
 * @example
 * readNpz(writeNpz(new Map([["w", ones([2, 3])]]))).get("w")?.shape; // [2, 3]
 */
export function readNpz(bytes: Uint8Array): Map<string, StateArray> {
  const found = new Map<string, StateArray>();
  for (const [name, data] of unzip("npz", bytes)) {
    if (!name.endsWith(".npy")) throw new FormatError("npz", "every entry must be a .npy file", { name });
    found.set(name.slice(0, -4), readNpy(data));
  }
  return found;
}

/**
 * Writes a zip archive with a .npy file for each array, uncompressed as `numpy.savez` does; the same arrays give the same bytes.
 * @param state arrays by name; any strides
 * @returns the whole file
 * @throws {FormatError} if a name leads outside an archive
 * @see https://numpy.org/doc/stable/reference/generated/numpy.savez.html
 * @example
 * writeNpz(stateDict(new Conv2d(3, 2, 3)));
 */
export function writeNpz(state: StateDict): Uint8Array {
  const files: Zippable = {};
  for (const [name, array] of state) {
    if (name.startsWith("/") || name.split(/[/\\]/).includes("..")) {
      throw new FormatError("npz", "a name must not lead outside the archive", { name });
    }
    files[`${name}.npy`] = writeNpy(array);
  }
  // The oldest date that a zip archive can hold: a file's bytes depend on nothing but the arrays.
  return zipSync(files, { level: 0, mtime: new Date(1980, 0, 1) });
}
