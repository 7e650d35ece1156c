import { resolve } from "node:path";
import { checkMemory, checkOptions, type OptionNames } from "../../check-options.js";
import { CellSession, type DebuggerDoor } from "../cell-session.js";
import type { Session, SessionOptions } from "../types.js";
import { CheckerClient } from "./checker-client.js";
import { RuntimeClient } from "./runtime-client.js";

/**
 * Starts a TypeScript session: one process that checks types and one that runs cells, so that completion
 * works, and an interrupt arrives, while a cell computes.
 *
 * @param options cwd, memory, snapshot, onEvent; see {@link SessionOptions}
 * @returns the session; cells that are handed to it wait until its processes have started
 * @example
 * const session = await createSession({ cwd: ".", onEvent: (event) => console.log(event) });
 * await session.execute({ id: "1", code: "1 + 1", executionCount: 1 });
 * await session.shutdown();
 */
export async function createSession(options: SessionOptions): Promise<Session> {
  checkOptions("createSession", options, sessionOptionNames);
  checkMemory("createSession", options.memory);
  const cwd = resolve(options.cwd);
  const { onEvent } = options;
  return new CellSession(onEvent, (events, session) => {
    // Takes longest to start.
    const checker = new CheckerClient(cwd, options.snapshot);
    const runtime = new RuntimeClient(cwd, options.memory, events);
    checker.open(runtime.pid);
    const openDebugger = async (): Promise<DebuggerDoor> => {
      // Most sessions have no use for it, and start without.
      const { makeDebugger } = await import("./debugger/make-debugger.js");
      return makeDebugger(checker, runtime, session, onEvent);
    };
    return { checker, runtime, openDebugger };
  });
}

const sessionOptionNames: OptionNames<SessionOptions> = {
  cwd: true,
  memory: true,
  snapshot: true,
  onEvent: true,
};
