/** Something that the person at the command line has to know: one line that says what and where. */
export class Failure extends Error {}

/** The line for anything that was thrown. */
export function lineOf(error: unknown): string {
  return shown(error instanceof Error ? error.message : String(error));
}

/**
 * A text without what would begin a line or command a terminal: names of files and of tensors may hold
 * anything.
 */
export function shown(text: string): string {
  return text.replace(/\p{Cc}/gu, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
