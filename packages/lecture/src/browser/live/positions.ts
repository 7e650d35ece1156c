import type { CellError } from "@convfuse/kernel";

/** A place in a cell that an error names, lines and columns counted from 1, and what is wrong there. */
export interface ErrorPlace {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/**
 * The places in the cell of this execution count: each error of the checker has its own, one that was thrown
 * has its topmost.
 */
export function errorPlaces(error: CellError, executionCount: number): readonly ErrorPlace[] {
  const places = error.traceback.flatMap((line) => {
    const match = new RegExp(`In \\[${executionCount}\\]:(\\d+):(\\d+)(?: - (.*))?`).exec(line);
    if (!match) return [];
    const message = match[3] ?? `${error.ename}: ${error.evalue}`;
    return [{ line: Number(match[1]), column: Number(match[2]), message, isChecked: match[3] !== undefined }];
  });
  return places.some(({ isChecked }) => isChecked)
    ? places.filter(({ isChecked }) => isChecked)
    : places.slice(0, 1);
}
