import { type Zippable, zipSync } from "fflate";
import { checkOptions, type OptionNames, whole } from "../checks.js";
import { FormatError } from "../errors.js";
import type { StateDict } from "../nn/state/state-dict.js";
import type { StateArray } from "../tensor/state-array.js";
import { Budget, largestExpansion } from "./binary/budget.js";
import { type FileBytes, plainBytes } from "./binary/bytes.js";
import { FileArrays } from "./binary/file-arrays.js";
import { unzip } from "./binary/unzip.js";
import { decodeNpy, writeNpy } from "./npy.js";

/** The options of {@link readNpz}. */
export interface NpzReadOptions {
  /**
   * How many bytes the arrays may take in all, and their compressed entries once unpacked. Default: twice the
   * file's size, so that a file from an unknown source cannot take more than four times its size; well
   * compressed arrays (zeros shrink to a thousandth) need it higher.
   */
  readonly mostBytes?: number;
}

const npzReadOptionNames: OptionNames<NpzReadOptions> = { mostBytes: true };

/**
 * Reads what `numpy.savez` and `savez_compressed` write: a zip archive with a .npy file for each array.
 *
 * @param bytes the whole file
 * @param options see {@link NpzReadOptions}
 * @returns arrays by name, without `.npy`; in its `unread` the entries that hold something else (text,
 *   objects, complex numbers), by name
 * @throws {FormatError} if it is no such archive, an entry's checksum is wrong, it holds files but no `.npy`
 *   file, or it needs more memory than `mostBytes`: the message says how much
 * @throws {ArgumentError} if bytes is neither a Uint8Array nor an ArrayBuffer, or mostBytes no whole number
 * @see https://numpy.org/doc/stable/reference/generated/numpy.savez.html
 * @example
 * readNpz(readFileSync("arrays.npz")).get("f32")?.shape; // [2, 3, 2]
 * readNpz(writeNpz(new Map([["w", ones([2, 3])]]))).get("w")?.shape; // [2, 3]
 */
export function readNpz(bytes: FileBytes, options: NpzReadOptions = {}): FileArrays {
  const file = plainBytes("readNpz", bytes);
  checkOptions("readNpz", options, npzReadOptionNames);
  const { mostBytes = largestExpansion * file.length } = options;
  const most = whole("readNpz", "mostBytes", mostBytes, 0);
  const budget = new Budget("npz", most);
  const arrays = new Map<string, StateArray>();
  const unread = new Map<string, string>();
  const entries = unzip("npz", file, most);
  for (const [entry, data] of entries) {
    const name = entry.replace(/\.npy$/, "");
    const found = name === entry ? "no .npy file" : decodeNpy(data, budget);
    if (typeof found === "string") unread.set(name, found);
    else arrays.set(name, found);
  }
  if (entries.size > 0 && [...entries.keys()].every((name) => unread.get(name) === "no .npy file")) {
    throw new FormatError("npz", "the archive must hold .npy files", { entries: [...entries.keys()] });
  }
  return new FileArrays(arrays, unread);
}

/**
 * Writes a zip archive with a .npy file for each array, uncompressed as `numpy.savez` does; the same arrays
 * give the same bytes.
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
