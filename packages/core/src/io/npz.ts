import { type Zippable, zipSync } from "fflate";
import { checkOptions, type OptionNames, whole } from "../checks.js";
import { FormatError } from "../errors.js";
import type { StateDict } from "../nn/state-dict.js";
import type { StateArray } from "../tensor/state-array.js";
import { Budget, largestExpansion } from "./budget.js";
import { decodeNpy, writeNpy } from "./npy.js";
import { type FileBytes, plainBytes } from "./reader.js";
import { unzip } from "./unzip.js";

/** The options of {@link readNpz}. */
export interface NpzReadOptions {
  /**
   * How many bytes the arrays may take in all, and their compressed entries once unpacked. Default: twice the file's size, so that a file
   * from an unknown source cannot take more than four times its size; well compressed arrays (zeros shrink to a thousandth) need it higher.
   */
  readonly mostBytes?: number;
}

const npzReadOptionNames: OptionNames<NpzReadOptions> = { mostBytes: true };

/**
 * Reads what `numpy.savez` and `savez_compressed` write: a zip archive with a .npy file for each array.
 *
 * @param bytes the whole file
 * @param options see {@link NpzReadOptions}
 * @returns arrays by name, without `.npy`
 * @throws {FormatError} if it is no such archive, an entry's checksum is wrong, it holds a file that is no array, or it needs more memory
 *   than `mostBytes`: the message says how much
 * @throws {ArgumentError} if bytes is neither a Uint8Array nor an ArrayBuffer, or mostBytes no whole number
 * @see https://numpy.org/doc/stable/reference/generated/numpy.savez.html
 * @example
 * readNpz(writeNpz(new Map([["w", ones([2, 3])]]))).get("w")?.shape; // [2, 3]
 */
export function readNpz(bytes: FileBytes, options: NpzReadOptions = {}): Map<string, StateArray> {
  const file = plainBytes("readNpz", bytes);
  checkOptions("readNpz", options, npzReadOptionNames);
  const { mostBytes = largestExpansion * file.length } = options;
  const most = whole("readNpz", "mostBytes", mostBytes, 0);
  const budget = new Budget("npz", most);
  const found = new Map<string, StateArray>();
  for (const [name, data] of unzip("npz", file, most)) {
    if (!name.endsWith(".npy")) throw new FormatError("npz", "every entry must be a .npy file", { name });
    found.set(name.slice(0, -4), decodeNpy(data, budget));
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
