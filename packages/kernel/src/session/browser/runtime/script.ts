/** The value of a script's text, which runs under this name. */
export function evaluate(text: string, filename: string): unknown {
  // Of the worker's global scope, as a script is. The comment names the script, in stack traces too.
  // biome-ignore lint/security/noGlobalEval: running what a reader writes is what a session is for
  const run = globalThis.eval as (text: string) => unknown;
  return run(`${text}\n//# sourceURL=${encodeURI(filename).replaceAll("%5B", "[").replaceAll("%5D", "]")}`);
}

export function startWatched<T>(work: () => T): T {
  return work();
}

/** No signal reaches a worker. */
export function isEndedBySignal(_thrown: unknown): boolean {
  return false;
}
