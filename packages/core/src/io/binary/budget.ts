import { FormatError } from "../../errors.js";

/** How much memory a file's arrays may take: it is asked before anything is allocated. */
export class Budget {
  readonly #format: string;
  readonly #most: number;
  #taken = 0;

  /** @param most bytes in all */
  constructor(format: string, most: number) {
    this.#format = format;
    this.#most = most;
  }

  /** @throws {FormatError} if that is more than there is left */
  take(bytes: number): void {
    this.#taken += bytes;
    if (this.#taken <= this.#most) return;
    throw new FormatError(this.#format, "the arrays would take more memory than is allowed", {
      needed: this.#taken,
      mostBytes: this.#most,
    });
  }
}

/**
 * How many times its size an archive of arrays may hold once unpacked, and its arrays may take beside that,
 * if the caller does not allow more: four times the file in all.
 */
export const largestExpansion = 2;
