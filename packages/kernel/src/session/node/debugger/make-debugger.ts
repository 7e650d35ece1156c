import type { CheckerDoor, DebuggerDoor } from "../../cell-session.js";
import type { Json, Session, SessionEvent } from "../../types.js";
import { CellDebugger, type Debuggee } from "./debugger.js";
import { DebugRequests } from "./requests.js";

/** The debugger of a session; nothing is started for it before a client asks. */
export function makeDebugger(
  checker: CheckerDoor,
  debuggee: Debuggee,
  session: Pick<Session, "variables" | "variableBundle">,
  onEvent: (event: SessionEvent) => void,
): DebuggerDoor {
  const tell = (event: string, body: Json): void => onEvent({ type: "debug", event, body });
  const names = {
    expression: (code: string, locals: readonly string[], own: readonly string[]) =>
      checker.call("expression", code, locals, own),
    asScript: (text: string) => checker.call("asScript", text),
    globals: () => checker.call("values"),
  };
  const cells = new CellDebugger(debuggee, names, tell);
  const requests = new DebugRequests(cells, checker, session, tell);
  return {
    prepare: (unit) => cells.prepare(unit),
    prepareModules: (modules) => cells.prepareModules(modules),
    settled: () => cells.settled(),
    ask: (question) => cells.ask(question),
    interrupt: () => cells.interrupt(),
    close: () => cells.close(),
    answer: (command, args) => requests.answer(command, args),
  };
}
