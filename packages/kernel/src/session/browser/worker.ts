import { CellSession, type CheckerDoor, type RuntimeDoor } from "../cell-session.js";
import { Checker } from "../checker/checker.js";
import { createRegistry } from "../checker/program/documentation.js";
import { Libraries } from "../checker/program/libraries.js";
import { type Declared, missingOf } from "../checker/program/missing-members.js";
import type { KernelFiles } from "../checker/program/project.js";
import type { TypeScript } from "../checker/typescript.js";
import type { CheckerMethods } from "../messages.js";
import { mapStacks } from "../runtime/errors/stack.js";
import { defineGlobals, receive, report, tellPutBack } from "../runtime/receive.js";
import type { ExecuteRequest } from "../types.js";
import { letLoopsGiveWay } from "./checker/environment.js";
import { system } from "./checker/system.js";
import { LimitedOutput } from "./limited-output.js";
import { join, notebookFolder } from "./paths.js";
import type { FromWorker, OpenMessage, ToWorker } from "./protocol.js";
import { onSend } from "./runtime/channel.js";
import { replaceConsole } from "./runtime/console.js";
import { followTimers } from "./runtime/context.js";
import { addBundled, type Namespace } from "./runtime/imports.js";
import { watchProxies } from "./runtime/inspect.js";
import { noteIntact } from "./runtime/intact.js";
import { noteInterrupt, noteRun, setInterruptSource } from "./runtime/interrupt-word.js";
import { later } from "./runtime/later.js";
import { writeFile } from "./tree.js";

/** What the worker's script brings beside the session itself. */
export interface Bundle {
  readonly typescript: TypeScript;
  /** Declarations for the checker, by path. */
  readonly files: { readonly [path: string]: string };
  /** What the newest of JavaScript's libraries declare, by file name. */
  readonly declared: { readonly [file: string]: readonly Declared[] };
  readonly packages: { readonly [name: string]: Namespace };
  readonly kernel: KernelFiles;
}

/** Makes this worker a session, as soon as a page connects to it. */
export function startWorker(bundle: Bundle): void {
  for (const [path, text] of Object.entries(bundle.files)) writeFile(path, text);
  addBundled(bundle.packages);
  const checker = newChecker(bundle);
  prepareGlobals();
  const listen = (event: MessageEvent<OpenMessage>): void => {
    if (event.data?.type !== "convfuse-open") return;
    removeEventListener("message", listen);
    event.stopImmediatePropagation();
    open(event.data, checker);
  };
  addEventListener("message", listen);
}

function newChecker({ typescript, kernel, declared }: Bundle): Checker {
  (typescript as TypeScript & { setSys(system: unknown): void }).setSys(system);
  const registry = createRegistry(typescript);
  const gaps = Object.entries(declared).map(([file, all]) => [file, missingOf(all)] as const);
  const libraries = new Libraries(typescript, Object.fromEntries(gaps));
  return new Checker({ ts: typescript, kernel, registry, libraries });
}

function prepareGlobals(): void {
  watchProxies();
  followTimers();
  replaceConsole();
  mapStacks();
  addEventListener("error", (event) => {
    event.preventDefault();
    report("Uncaught ", event.error);
  });
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    report("Unhandled rejection: ", event.reason);
  });
  defineGlobals();
  // The worker is the session's: a cell that closed it would take all variables with it.
  refuse("close", "this worker holds the notebook's variables; the page ends it");
  // Messages that nobody takes would pile up in the page.
  refuse("postMessage", "the page takes no messages from cells; console.log and jupyter.display show values");
}

/** Takes a function of workers from the cells, wherever browsers have it. */
function refuse(name: string, reason: string): void {
  const value = (): never => {
    throw new Error(`${name}: ${reason}`);
  };
  for (let owner: object | null = globalThis; owner !== null; owner = Object.getPrototypeOf(owner))
    if (owner === globalThis || Object.hasOwn(owner, name))
      Object.defineProperty(owner, name, { value, configurable: true, writable: true });
}

function open({ port, files, source, limits, first }: OpenMessage, checker: Checker): void {
  for (const [name, bytes] of files) writeFile(join(notebookFolder, name), bytes);
  // It decides how cells are compiled.
  if (!setInterruptSource(source)) letLoopsGiveWay();
  checker.answer("open", [notebookFolder, undefined, undefined, first]);
  // A cell may put something else in their places.
  const { forEach } = Set.prototype;
  const { apply } = Reflect;
  const post: (message: FromWorker) => void = port.postMessage.bind(port);
  const output = new LimitedOutput(
    limits,
    (event) => post({ type: "event", event }),
    (leftOut) => post({ type: "leftOut", ...leftOut }),
  );
  const session = new CellSession(
    (event) => output.pass(event),
    ({ onMessage }) => {
      onSend(onMessage);
      return { checker: checkerDoor(checker), runtime: runtimeDoor(post) };
    },
  );
  /** The calls that are not answered yet. */
  const pending = new Set<number>();
  let fault = "";
  noteIntact((reason) => {
    fault = reason;
    // Here, as nothing that the session would do is certain any more.
    apply(forEach, pending, [(id: number) => post({ type: "answer", id, fault })]);
  });
  port.onmessage = async (event: MessageEvent<ToWorker>) => {
    tellPutBack();
    const { data } = event;
    if (fault !== "") {
      if (data.type === "call") post({ type: "answer", id: data.id, fault });
    } else if (data.type === "input") session.answerInput(data.value);
    else if (data.type === "comm") session.comm(data.message);
    else if (data.type === "interrupt") {
      session.interrupt();
      if (data.source) setInterruptSource(data.source);
    } else {
      const { id, method, args } = data;
      pending.add(id);
      try {
        const call = session[method] as (...parameters: readonly unknown[]) => Promise<unknown>;
        const result = await call.apply(session, [...args]);
        if (method === "execute") output.end((args[0] as ExecuteRequest).id);
        if (fault === "") post({ type: "answer", id, result });
      } catch (error) {
        if (fault === "")
          post({ type: "answer", id, fault: error instanceof Error ? error.message : String(error) });
      } finally {
        pending.delete(id);
      }
    }
  };
}

/**
 * Answers in order, and at once, as they share the worker; but what a cell leaves to later ones is written
 * down when its reader has seen its result, unless the next question comes first.
 */
function checkerDoor(checker: Checker): CheckerDoor {
  let postponed: (() => void)[] = [];
  const catchUp = (): void => {
    const all = postponed;
    postponed = [];
    for (const work of all) work();
  };
  return {
    call: <M extends keyof CheckerMethods>(method: M, ...args: Parameters<CheckerMethods[M]>) =>
      new Promise<ReturnType<CheckerMethods[M]>>((resolve, reject) => {
        const answer = (): void => {
          try {
            resolve(checker.answer(method, args) as ReturnType<CheckerMethods[M]>);
          } catch (fault) {
            reject(fault);
          }
        };
        if (method === "commit") {
          postponed.push(answer);
          later(catchUp);
          return;
        }
        catchUp();
        answer();
      }),
    takeNotices: () => [],
    kill: () => {},
  };
}

function runtimeDoor(post: (message: FromWorker) => void): RuntimeDoor {
  return {
    send(message) {
      if (message.type === "run") {
        noteRun(message.run.sequence);
        post({ type: "running", sequence: message.run.sequence });
      }
      receive(message);
    },
    interrupt({ sequence }) {
      noteInterrupt(sequence);
      receive({ type: "interrupt" });
    },
    settled: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}
