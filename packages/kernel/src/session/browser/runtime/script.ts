/** The value of a script's text, which runs under this name. */
export function evaluate(text: string, filename: string): unknown {
  // Of the worker's global scope, as a script is. The comment names the script, in stack traces too.
  const run = globalThis.eval as (text: string) => unknown;
  return run(`${text}\n//# sourceURL=${filename.replace(/ /g, "\u00a0")}`);
}

export function startWatched<T>(work: () => T): T {
  return work();
}

/** No signal reaches a worker. */
export function isEndedBySignal(_thrown: unknown): boolean {
  return false;
}
