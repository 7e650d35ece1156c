import { isNativeError } from "node:util/types";
import { Script } from "node:vm";
import { runFile } from "../../runtime/errors/stack.js";

/** The value of a script's text, which runs under this name. */
export function evaluate(text: string, filename: string): unknown {
  return new Script(text, { filename }).runInThisContext({ displayErrors: false });
}

const startSymbol = Symbol.for("convfuse.start");
let start: () => unknown = () => undefined;
Object.defineProperty(globalThis, startSymbol, { value: () => start() });
/** Only a script that `vm` runs can be ended by a signal, so every cell is started from this one. */
const starter = new Script(`globalThis[Symbol.for("convfuse.start")]()`, { filename: runFile });

export function startWatched<T>(work: () => T): T {
  start = work;
  return starter.runInThisContext({ breakOnSigint: true, displayErrors: false }) as T;
}

/**
 * Whether an error is what a signal leaves. Nothing else may be asked of what was thrown: it can be a proxy
 * whose every answer throws.
 */
export function isEndedBySignal(thrown: unknown): boolean {
  return (
    isNativeError(thrown) && (thrown as NodeJS.ErrnoException).code === "ERR_SCRIPT_EXECUTION_INTERRUPTED"
  );
}
