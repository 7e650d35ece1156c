import { box, current } from "./boxes.js";

/** As many results are kept as IPython keeps. */
const most = 1000;
const results = new Map<number, unknown>();
const out: { [executionCount: number]: unknown } = {};
/** What was put under `_`, `__` and `___`. */
let latest: readonly unknown[] = [undefined, undefined, undefined];
const names: readonly string[] = ["_", "__", "___"];
box("Out").v = out;

/** Keeps a cell's result for later ones: as `Out[n]`, and as `_`, unless the user has taken that name. */
export function keepResult(executionCount: number, value: unknown): void {
  if (value === out) return;
  results.delete(executionCount);
  results.set(executionCount, value);
  out[executionCount] = value;
  const oldest = results.size > most ? results.keys().next().value : undefined;
  if (oldest !== undefined) {
    results.delete(oldest);
    delete out[oldest];
  }
  const next = [value, ...latest.slice(0, -1)];
  names.forEach((name, at) => {
    if (Object.is(current(name), latest[at])) box(name).v = next[at];
  });
  latest = next;
}
