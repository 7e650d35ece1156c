/** Something that the person at the command line has to know: one line that says what and where. */
export class Failure extends Error {}

/** The line for anything that was thrown. */
export function lineOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
