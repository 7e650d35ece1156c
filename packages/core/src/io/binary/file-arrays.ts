import type { StateArray } from "../../tensor/state-array.js";

/**
 * The arrays of a file by name, and the names of what it holds besides them: text, objects, complex numbers,
 * element types of the future.
 * @param arrays name and array of each
 * @param unread name and kind of what is in the file and not among the arrays
 * @example
 * const found = new FileArrays([["weight", ones([2, 3])]], [["label", "text (<U4)"]]);
 * found.get("weight")?.shape; // [2, 3]
 * [...found.unread.keys()]; // ["label"]
 */
export class FileArrays extends Map<string, StateArray> {
  /**
   * What is in the file and not among the arrays, by name: what it is. Empty where everything could be read.
   */
  readonly unread: ReadonlyMap<string, string>;

  constructor(
    arrays: Iterable<readonly [string, StateArray]> = [],
    unread: Iterable<readonly [string, string]> = [],
  ) {
    super(arrays);
    this.unread = new Map(unread);
  }
}
