import { PlainError } from "../../runtime/errors/thrown.js";
import { activeRuns, owner } from "../../runtime/runs.js";

/**
 * `process.exit()` ends the cell, as `sys.exit()` does in a Python notebook: the variables are worth more.
 */
export class ProcessExit extends PlainError {
  override readonly name = "ProcessExit";

  constructor(code: unknown) {
    super(`process.exit(${code ?? ""}) ended the cell; the kernel and its variables stay`);
  }
}

export function replaceExit(): void {
  process.exit = (code?: number | string | null): never => {
    const error = new ProcessExit(code);
    const cell = owner();
    // A `catch` around the call does not keep the cell going.
    if (cell && activeRuns().has(cell)) {
      cell.cancelled = true;
      cell.stop(error);
    }
    throw error;
  };
}
