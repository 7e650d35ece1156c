import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { CheckerDoor } from "../../cell-session.js";
import type { DebugReply, Json, Session, Variable } from "../../types.js";
import { cellPath, cellPaths } from "./cell-paths.js";
import { type CellDebugger, type Step, threadId } from "./debugger.js";
import { ownPath } from "./frames.js";
import { DebugRefusal, unwrapped } from "./runtime-services.js";
import { codeOfCell, codeOfFile, type Script } from "./scripts.js";
import { evaluation } from "./stopped.js";

type Arguments = { readonly [name: string]: Json };
type Body = object | undefined;
type Request = (args: Arguments) => Body | Promise<Body>;

const capabilities: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsConditionalBreakpoints: true,
  supportsEvaluateForHovers: true,
  supportsModulesRequest: true,
  supportsSetVariable: true,
  exceptionBreakpointFilters: [{ filter: "all", label: "Whatever is thrown", default: false }],
};

/** The requests of the Debug Adapter Protocol, and Jupyter's own beside them. */
export class DebugRequests {
  readonly #debugger: CellDebugger;
  readonly #checker: CheckerDoor;
  readonly #session: Pick<Session, "variables" | "variableBundle">;
  readonly #onEvent: (event: string, body: Json) => void;
  /** The texts of cells that clients have named. */
  readonly #cells = new Map<string, string>();

  constructor(
    cellDebugger: CellDebugger,
    checker: CheckerDoor,
    session: Pick<Session, "variables" | "variableBundle">,
    onEvent: (event: string, body: Json) => void,
  ) {
    this.#debugger = cellDebugger;
    this.#checker = checker;
    this.#session = session;
    this.#onEvent = onEvent;
  }

  /** Answers a request; what is wrong with it comes as a message. */
  async answer(command: string, args: Arguments): Promise<DebugReply> {
    const request = Object.hasOwn(this.#requests, command) ? this.#requests[command] : undefined;
    if (!request) return { success: false, message: `the debugger has no ${command.slice(0, 80)}` };
    try {
      return { success: true, body: { ...(await request(args)) } as { readonly [key: string]: Json } };
    } catch (error) {
      return { success: false, message: error instanceof Error ? error.message : String(error) };
    }
  }

  readonly #requests: { readonly [command: string]: Request } = {
    debugInfo: () => ({
      isStarted: this.#debugger.isAttached,
      ...cellPaths,
      breakpoints: this.#debugger.isAttached ? this.#debugger.attached().breakpoints.list() : [],
      stoppedThreads: this.#debugger.isStopped ? [threadId] : [],
      richRendering: true,
      exceptionPaths: [],
      copyToGlobals: true,
    }),

    initialize: async () => {
      await this.#debugger.attach();
      // After the reply.
      setImmediate(() => this.#onEvent("initialized", {}));
      return capabilities;
    },
    attach: () => void this.#debugger.attached(),
    configurationDone: () => void this.#debugger.attached(),
    disconnect: async () => {
      await this.#debugger.detach();
      return undefined;
    },

    dumpCell: ({ code }) => {
      const text = string(code, "code");
      const sourcePath = cellPath(text);
      this.#cells.set(sourcePath, text);
      return { sourcePath };
    },
    source: async ({ source, sourceReference }) => {
      const path = pathOf(source);
      if (path === undefined) throw new DebugRefusal(`source: there is none numbered ${sourceReference}`);
      return { content: await this.#textOf(path), mimeType: "text/typescript" };
    },
    setBreakpoints: async ({ source, breakpoints, lines }) => {
      const path = pathOf(source);
      if (path === undefined) throw new DebugRefusal("setBreakpoints: source.path must be a text");
      const asked = breakpoints ?? (Array.isArray(lines) ? lines.map((line) => ({ line })) : []);
      return { breakpoints: await this.#setBreakpoints(path, sourceBreakpoints(asked)) };
    },
    setExceptionBreakpoints: async ({ filters }) => {
      const isOn = Array.isArray(filters) && filters.includes("all");
      await this.#debugger.post("Debugger.setPauseOnExceptions", { state: isOn ? "all" : "none" });
      return undefined;
    },

    threads: () => ({ threads: [{ id: threadId, name: "cells" }] }),
    stackTrace: ({ startFrame, levels }) => {
      const stopped = this.#debugger.stoppedHere();
      const { frames } = stopped;
      const from = whole(startFrame);
      const some = frames.slice(from, whole(levels) > 0 ? from + whole(levels) : undefined);
      const stackFrames = some.map(({ name, path, line, column, isLibrary }, at) => ({
        id: stopped.numberOf(from + at),
        name,
        line,
        column,
        source: { name: basename(path), path },
        ...(isLibrary && { presentationHint: "subtle" }),
      }));
      return { stackFrames, totalFrames: frames.length };
    },
    scopes: async ({ frameId }) => {
      const stopped = this.#debugger.stoppedHere();
      const scopes = await stopped.scopes(stopped.frame(frameId));
      return {
        scopes: scopes.map(({ name, reference }) => ({
          name,
          variablesReference: reference,
          expensive: false,
        })),
      };
    },
    variables: async ({ variablesReference, start, count }) => {
      const reference = whole(variablesReference);
      const { stopped } = this.#debugger;
      const listed =
        (await stopped?.variables(reference)) ??
        (reference > 0 ? await this.#session.variables(reference, whole(start), whole(count)) : []);
      return { variables: listed.map(toVariable) };
    },
    inspectVariables: async () => {
      const listed = (await this.#debugger.stopped?.globals()) ?? (await this.#session.variables());
      return { variables: listed.map(toVariable) };
    },
    richInspectVariables: async ({ variableName, frameId }) => {
      const name = string(variableName, "variableName");
      const { stopped } = this.#debugger;
      if (!stopped) return { data: { ...(await this.#session.variableBundle(name)) }, metadata: {} };
      // A value's own way of showing itself may wait for something, and nothing moves here.
      const text = await stopped.evaluate(name, stopped.frame(frameId ?? undefined), "text");
      return { data: { "text/plain": text }, metadata: {} };
    },
    evaluate: async ({ expression, frameId }) => {
      const { value, type, reference } = await this.#evaluate(string(expression, "expression"), frameId);
      return { result: value, type, variablesReference: reference };
    },
    setVariable: async ({ variablesReference, name, value }) => {
      const stopped = this.#debugger.stoppedHere();
      const frame = stopped.frameOf(whole(variablesReference));
      if (!frame)
        throw new DebugRefusal("setVariable: only variables can be set; evaluate sets what they hold");
      const code = `${string(name, "name")} = (${string(value, "value")})`;
      const set = (await stopped.evaluate(code, frame, "result")) as Variable;
      return { value: set.value, type: set.type, variablesReference: set.reference };
    },
    copyToGlobals: async ({ srcVariableName, dstVariableName, srcFrameId }) => {
      const [from, to] = [
        identifier(srcVariableName, "srcVariableName"),
        identifier(dstVariableName, "dstVariableName"),
      ];
      const stopped = this.#debugger.stoppedHere();
      await stopped.evaluate(from, stopped.frame(srcFrameId), "copy", to);
      await this.#checker.call("adopt", to);
      return undefined;
    },

    continue: async () => {
      await this.#debugger.resume();
      return { allThreadsContinued: true };
    },
    next: () => this.#step("stepOver"),
    stepIn: () => this.#step("stepInto"),
    stepOut: () => this.#step("stepOut"),
    pause: async () => {
      await this.#debugger.pause();
      return undefined;
    },
    modules: ({ startModule, moduleCount }) => {
      const paths = new Set<string>();
      for (const { url } of this.#debugger.attached().scripts.all()) {
        const path = ownPath(url);
        if (path !== undefined) paths.add(path);
      }
      const modules = [...paths].map((path, id) => ({ id, name: basename(path), path }));
      const from = whole(startModule);
      const to = whole(moduleCount) > 0 ? from + whole(moduleCount) : undefined;
      return { modules: modules.slice(from, to), totalModules: modules.length };
    },
  };

  async #step(step: Step): Promise<undefined> {
    await this.#debugger.resume(step);
    return undefined;
  }

  async #evaluate(code: string, frameId: Json | undefined): Promise<Variable> {
    const { stopped } = this.#debugger;
    if (stopped)
      return (await stopped.evaluate(code, stopped.frame(frameId ?? undefined), "result")) as Variable;
    this.#debugger.attached();
    const names = {
      expression: (text: string, locals: readonly string[], session: readonly string[]) =>
        this.#checker.call("expression", text, locals, session),
    };
    const expression = await evaluation(names, code, [], [], "result");
    return unwrapped(
      await this.#debugger.post("Runtime.evaluate", { expression, returnByValue: true, silent: true }),
    ) as Variable;
  }

  async #setBreakpoints(path: string, asked: readonly DebugProtocol.SourceBreakpoint[]): Promise<Json> {
    const { breakpoints } = this.#debugger.attached();
    const scripts = await this.#scriptsOf(path);
    return (await breakpoints.set(path, asked, scripts)) as never;
  }

  /**
   * All code that was made of a text, and what would be made of it; undefined where Node loads it as it is.
   */
  async #scriptsOf(path: string): Promise<readonly Script[] | undefined> {
    const { scripts } = this.#debugger.attached();
    const code = this.#cells.get(path);
    if (code !== undefined) {
      const earlier = await scripts.recall({ source: code });
      if (earlier.length > 0) return earlier;
      const layout = await this.#checker.call("layout", code);
      return layout ? [await scripts.read(codeOfCell({ ...layout, names: [] }))] : [];
    }
    if (path.startsWith(cellPaths.tmpFilePrefix)) return [];
    const earlier = await scripts.recall({ file: path });
    const reached = await this.#checker.call("modules", path);
    const file = reached.find((module) => module.path === path);
    if (!file) return earlier.length > 0 ? earlier : undefined;
    return [...earlier, await scripts.read(codeOfFile(file))];
  }

  async #textOf(path: string): Promise<string> {
    const code = this.#cells.get(path);
    if (code !== undefined) return code;
    const frame = this.#debugger.stopped?.frames.find((candidate) => candidate.path === path);
    return frame?.script?.map.source ?? readFile(path, "utf8");
  }
}

/**
 * JupyterLab's tree shows a type in the place of the value, where one is named: a value without parts says
 * its type by itself.
 */
function toVariable({ reference, type, ...rest }: Variable): object {
  return { ...rest, ...(reference > 0 && { type }), variablesReference: reference };
}

function sourceBreakpoints(asked: Json): readonly DebugProtocol.SourceBreakpoint[] {
  const list = Array.isArray(asked) ? (asked as readonly DebugProtocol.SourceBreakpoint[]) : [];
  for (const breakpoint of list)
    if (!Number.isSafeInteger(breakpoint?.line) || breakpoint.line < 1)
      throw new DebugRefusal(
        `setBreakpoints: line must be a number from 1 on; got ${JSON.stringify(breakpoint)}`,
      );
  return list;
}

function pathOf(source: Json | undefined): string | undefined {
  const path = (source as { readonly path?: Json } | null | undefined)?.path;
  return typeof path === "string" && path !== "" ? path : undefined;
}

function string(value: Json | undefined, name: string): string {
  if (typeof value !== "string")
    throw new DebugRefusal(`${name} must be a text; got ${JSON.stringify(value)}`);
  return value;
}

function identifier(value: Json | undefined, name: string): string {
  const text = string(value, name);
  if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(text))
    throw new DebugRefusal(`${name} must be a name; got ${JSON.stringify(text)}`);
  return text;
}

function whole(value: Json | undefined): number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : 0;
}
