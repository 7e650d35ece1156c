import type { Debugger } from "node:inspector";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type { Question } from "../../messages.js";
import type { Json } from "../../types.js";
import type { CellUnit, LocalModule } from "../../unit.js";
import { Breakpoints } from "./breakpoints.js";
import { blackboxPatterns, type Frame, frameOf } from "./frames.js";
import { InspectorClient } from "./inspector-client.js";
import { DebugRefusal, RuntimeServices } from "./runtime-services.js";
import { type Code, codeOfCell, codeOfFile, type Loaded, Scripts } from "./scripts.js";
import { type Names, Stopped } from "./stopped.js";

/** What a debugger needs of the session's runtime. */
export interface Debuggee {
  /** Lets it in, and gives the pipe to the inspector's thread. */
  startDebugging(): Duplex;
  /** Ends what a stopped cell's script runs, as soon as it goes on. */
  endStopped(): Promise<void>;
  kill(): void;
}

/** An inspector that is connected, and what is known through it. */
export interface Attached {
  readonly services: RuntimeServices;
  readonly scripts: Scripts;
  readonly breakpoints: Breakpoints;
}

export type Step = "stepOver" | "stepInto" | "stepOut";

/** How long the program may take for an answer, in milliseconds. */
const patience = 1000;

/** The one thread that there is. */
export const threadId = 1;

/** Stops the cells of a session, and looks into them, through the inspector of its runtime. */
export class CellDebugger {
  readonly #debuggee: Debuggee;
  readonly #names: Names;
  readonly #onEvent: (event: string, body: Json) => void;
  #inspector: InspectorClient | undefined;
  #attached: Attached | undefined;
  #attaching: Promise<Attached> | undefined;
  #loaded: Loaded[] = [];
  #stopped: Stopped | undefined;
  /** What the program may stop for beside breakpoints. */
  #expected: Step | "pause" | undefined;
  /** Where the last step began. */
  #from: { readonly frame: Frame; readonly depth: number } | undefined;
  /** An interrupt came: what runs is not stopped any more. */
  #letsGo = false;

  constructor(debuggee: Debuggee, names: Names, onEvent: (event: string, body: Json) => void) {
    this.#debuggee = debuggee;
    this.#names = names;
    this.#onEvent = onEvent;
  }

  get stopped(): Stopped | undefined {
    return this.#stopped;
  }

  get isStopped(): boolean {
    return this.#stopped !== undefined;
  }

  get isAttached(): boolean {
    return this.#attached !== undefined;
  }

  /** @throws DebugRefusal where no debugger was started */
  attached(): Attached {
    if (!this.#attached) throw new DebugRefusal("the debugger is not started; send initialize first");
    return this.#attached;
  }

  /** @throws DebugRefusal where the program runs or nothing does */
  stoppedHere(): Stopped {
    this.attached();
    if (!this.#stopped) throw new DebugRefusal("the program has not stopped");
    return this.#stopped;
  }

  post<Result>(method: string, params?: object): Promise<Result> {
    this.attached();
    return (this.#inspector as InspectorClient).post(method, params);
  }

  attach(): Promise<Attached> {
    this.#attaching ??= this.#attach().catch((error: unknown) => {
      this.#attaching = undefined;
      throw error;
    });
    return this.#attaching;
  }

  async #attach(): Promise<Attached> {
    this.#inspector ??= new InspectorClient(this.#debuggee.startDebugging(), (method, params) =>
      this.#receive(method, params),
    );
    const inspector = this.#inspector;
    this.#loaded = [];
    await inspector.post("connect");
    await inspector.post("Debugger.enable");
    await inspector.post("Debugger.setBlackboxPatterns", { patterns: blackboxPatterns() });
    const services = await RuntimeServices.find(inspector);
    const scripts = new Scripts(inspector, services, this.#loaded, this.#names.asScript);
    this.#attached = { services, scripts, breakpoints: new Breakpoints(inspector) };
    return this.#attached;
  }

  /** The program goes on, and nothing is stopped at any more. */
  async detach(): Promise<void> {
    if (!this.#attached) return;
    await this.#goOn();
    this.#attached = undefined;
    this.#attaching = undefined;
    await this.#inspector?.post("disconnect");
  }

  async prepare(unit: CellUnit): Promise<void> {
    if (this.#attached) await this.#prepare([codeOfCell(unit), ...unit.modules.map(codeOfFile)]);
  }

  async prepareModules(modules: readonly LocalModule[]): Promise<void> {
    if (this.#attached) await this.#prepare(modules.map(codeOfFile));
  }

  async #prepare(codes: readonly Code[]): Promise<void> {
    const { scripts, breakpoints } = this.attached();
    for (const code of codes)
      try {
        await breakpoints.place(await scripts.read(code));
      } catch {
        // What V8 cannot read says so itself when it runs.
      }
  }

  settled(): void {
    if (this.#letsGo) this.#skipPauses(false);
    this.#letsGo = false;
    // A step that led out of the last cell is over; whoever asked for a pause gets it.
    if (this.#expected !== "pause") this.#expected = undefined;
  }

  ask(question: Question): Promise<unknown> | undefined {
    const answer = this.#attached?.services.answer(question, this.isStopped);
    // A value's own way of showing itself may wait for the end of what runs.
    return answer && Promise.race([answer, delay(patience, undefined, { ref: false })]);
  }

  interrupt(): void {
    if (!this.#attached) return;
    this.#letsGo = true;
    this.#skipPauses(true);
    this.#goOn(undefined, () => this.#debuggee.endStopped()).catch(() => {});
  }

  /** Code that looks for an interrupt by the count of its rounds would take long for each that stops. */
  #skipPauses(skip: boolean): void {
    this.#inspector?.post("Debugger.setSkipAllPauses", { skip }).catch(() => {});
  }

  async close(): Promise<void> {
    // What has stopped takes no word to end.
    if (this.#stopped) this.#debuggee.kill();
    if (!this.#attached) return;
    // A process that ends before its inspector has left says on stderr that it waits for it.
    const left = this.#inspector?.post("disconnect").catch(() => {});
    await Promise.race([left, delay(patience, undefined, { ref: false })]);
  }

  /** Goes on, to the next step or until something stops it. */
  async resume(step?: Step): Promise<void> {
    this.stoppedHere();
    await this.#goOn(step);
  }

  /** `before` is done at last: a signal that comes in ends whatever runs then. */
  async #goOn(step?: Step, before?: () => Promise<void>): Promise<void> {
    if (!this.#stopped || !this.#attached) return;
    const { frames, depth } = this.#stopped;
    const [frame] = frames;
    this.#from = step && frame ? { frame, depth } : undefined;
    this.#stopped = undefined;
    this.#expected = step;
    await this.#attached.services.turn();
    this.#onEvent("continued", { threadId, allThreadsContinued: true });
    await before?.();
    await this.#inspector?.post(`Debugger.${step ?? "resume"}`);
  }

  async pause(): Promise<void> {
    this.attached();
    if (this.#stopped) return;
    this.#expected = "pause";
    await this.post("Debugger.pause");
  }

  #receive(method: string, params: unknown): void {
    if (method === "Debugger.scriptParsed") {
      const { scriptId, url, hash } = params as Debugger.ScriptParsedEventDataType;
      const loaded = { id: scriptId, url, hash };
      if (this.#attached) this.#attached.scripts.add(loaded);
      else this.#loaded.push(loaded);
    } else if (method === "Debugger.paused")
      this.#pausedAt(params as Debugger.PausedEventDataType).catch(() => this.#skip("resume"));
  }

  #skip(how: Step | "resume"): void {
    this.#inspector?.post(`Debugger.${how}`).catch(() => {});
  }

  /** Decides whether the program really stops, and tells. */
  async #pausedAt({ callFrames, reason, hitBreakpoints = [] }: Debugger.PausedEventDataType): Promise<void> {
    const [top] = callFrames;
    if (!this.#attached || this.#letsGo || !top) return this.#skip("resume");
    const { scripts, services } = this.#attached;
    const here = await frameOf(top, scripts);
    const isThrown = reason === "exception" || reason === "promiseRejection";
    const isAsked = hitBreakpoints.length > 0 || isThrown || this.#expected !== undefined;
    if (!isAsked && !(here && (await this.#isDebuggerStatement(top)))) return this.#skip("resume");
    // Between the user's statements stand the kernel's own.
    if (!here && !isThrown) return this.#skip(hidden(top, scripts));
    const isStep = this.#expected !== undefined && this.#expected !== "pause";
    if (isStep && hitBreakpoints.length === 0 && !isThrown && this.#isSamePlace(here, callFrames.length))
      return this.#skip(this.#expected as Step);
    const frames: Frame[] = [];
    for (const call of callFrames) {
      const frame = call === top ? here : await frameOf(call, scripts);
      if (frame) frames.push(frame);
    }
    const stopped = new Stopped(
      frames,
      callFrames.length,
      this.#inspector as InspectorClient,
      services,
      this.#names,
    );
    if (frames.length === 0 || !(await this.#holds(stopped, hitBreakpoints, isThrown)))
      return this.#skip("resume");
    await services.turn();
    const why = isThrown
      ? "exception"
      : hitBreakpoints.length > 0
        ? "breakpoint"
        : this.#expected === "pause"
          ? "pause"
          : this.#expected === undefined
            ? "debugger statement"
            : "step";
    this.#expected = undefined;
    this.#stopped = stopped;
    this.#onEvent("stopped", { reason: why, threadId, allThreadsStopped: true });
  }

  /** Whether a step has led to another part of the code that the user wrote as one. */
  #isSamePlace(here: Frame | undefined, depth: number): boolean {
    if (!this.#from || !here || depth !== this.#from.depth) return false;
    const { path, line, column, call } = this.#from.frame;
    const { lineNumber, columnNumber } = call.location;
    return (
      here.path === path &&
      here.line === line &&
      here.column === column &&
      (here.call.location.lineNumber !== lineNumber || here.call.location.columnNumber !== columnNumber)
    );
  }

  /**
   * Whether one of the breakpoints that were hit means this text, and its condition holds; one that breaks,
   * holds.
   */
  async #holds(stopped: Stopped, hit: readonly string[], isThrown: boolean): Promise<boolean> {
    if (hit.length === 0 || isThrown || this.#expected !== undefined) return true;
    const frame = stopped.frame(1);
    for (const condition of this.attached().breakpoints.conditions(hit, frame.path)) {
      if (condition.trim() === "") return true;
      try {
        const { isTrue } = (await stopped.evaluate(condition, frame, "result")) as { isTrue: boolean };
        if (isTrue) return true;
      } catch {
        return true;
      }
    }
    return false;
  }

  async #isDebuggerStatement({ location }: Debugger.CallFrame): Promise<boolean> {
    const script = await this.attached().scripts.find(location.scriptId);
    return script !== undefined
      ? script.stops.some(
          ({ type, lineNumber, columnNumber }) =>
            type === "debuggerStatement" &&
            lineNumber === location.lineNumber &&
            columnNumber === location.columnNumber,
        )
      : true;
  }
}

/**
 * How to get from a place that nobody is shown to the next of the user's: a call of the kernel's may lead to
 * one.
 */
function hidden({ location }: Debugger.CallFrame, scripts: Scripts): Step {
  return scripts.loaded(location.scriptId)?.url === "" ? "stepOut" : "stepInto";
}
