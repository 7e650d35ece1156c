import { later } from "#host/runtime/later.js";
import { withLiveNames } from "./live-names.js";
import type { CheckerMethods, FromRuntime, Question, RunReply, ToRuntime } from "./messages.js";
import { now } from "./now.js";
import { Questions } from "./questions.js";
import type {
  CellError,
  CommMessage,
  CompleteReply,
  DebugReply,
  Diagnosis,
  ExecuteReply,
  ExecuteRequest,
  InspectReply,
  IsCompleteReply,
  Json,
  MimeBundle,
  ParameterCellReply,
  Session,
  SessionEvent,
  Variable,
} from "./types.js";
import type { CellUnit, LocalModule } from "./unit.js";

type CommInfo = { readonly [commId: string]: { readonly target_name: string } };

/** Whatever checks a session's cells. */
export interface CheckerDoor {
  call<M extends keyof CheckerMethods>(
    method: M,
    ...args: Parameters<CheckerMethods[M]>
  ): Promise<ReturnType<CheckerMethods[M]>>;
  /** What the reader is to be told of the project's settings, once. */
  takeNotices(): readonly string[];
  kill(): void;
}

/** An interrupt, as long as somebody may have to insist on it. */
export interface Interrupt {
  /** The last of the runs that it is meant for. */
  readonly sequence: number;
  /** Whether one of them is not over. */
  isPending(): boolean;
  /** Whether no other interrupt came since. */
  isLatest(): boolean;
  /** When those of them that are not over began, by performance.now(). */
  starts(): readonly number[];
  /** Resolves when all of them are over, before another run begins. */
  readonly over: Promise<void>;
  /** Tells the reader what became of it. */
  say(text: string): void;
}

/** Whatever runs a session's cells. */
export interface RuntimeDoor {
  send(message: ToRuntime): void;
  interrupt(interrupt: Interrupt): void;
  /** Resolves when all that a run has written has come. */
  settled(): Promise<void>;
  shutdown(): Promise<void>;
}

/** Whoever stops the cells that run, and looks into them. */
export interface DebuggerDoor {
  /** Makes ready for code that is about to run. */
  prepare(unit: CellUnit): Promise<void>;
  prepareModules(modules: readonly LocalModule[]): Promise<void>;
  /** Nothing of the session's runs any more. */
  settled(): void;
  /** Asks the program, also where it computes or has stopped; undefined where no debugger was started. */
  ask(question: Question): Promise<unknown> | undefined;
  /** What has stopped goes on to its end. */
  interrupt(): void;
  /** The session is about to end; when this has resolved, it may. */
  close(): Promise<void>;
  answer(command: string, args: { readonly [name: string]: Json }): Promise<DebugReply>;
}

/** What a session's runtime tells it. */
export interface RuntimeEvents {
  onMessage(message: FromRuntime): void;
  /** Text that did not pass through the session's own streams. */
  onRawOutput(name: "stdout" | "stderr", text: string): void;
  onExit(reason: string): void;
}

/** Takes each cell from its text to its outputs, through a checker and a runtime, wherever these are. */
export class CellSession implements Session {
  readonly #checker: CheckerDoor;
  readonly #runtime: RuntimeDoor;
  readonly #openDebugger: (() => Promise<DebuggerDoor>) | undefined;
  /** From the first request of a client that debugs on. */
  #debugger: DebuggerDoor | undefined;
  #opening: Promise<DebuggerDoor> | undefined;
  readonly #onEvent: (event: SessionEvent) => void;
  readonly #replies = new Map<number, (reply: RunReply) => void>();
  /** When the runs began that are not over, by performance.now(). */
  readonly #starts = new Map<number, number>();
  /** Called when a run is over. */
  readonly #waitingForEnds = new Set<() => void>();
  readonly #questions = new Questions((id, question) => this.#runtime.send({ type: "ask", id, question }));
  readonly #infos = new Map<number, (info: CommInfo) => void>();
  #sequence = 0;
  #infoCount = 0;
  #parent = "";
  /** How often it was interrupted: a cell that is only compiled has nothing yet that a signal could end. */
  #interrupts = 0;
  /** Cells and expressions that are compiled or run. */
  #executing = 0;
  #exited: string | undefined;
  #closing = false;

  constructor(
    onEvent: (event: SessionEvent) => void,
    connect: (
      events: RuntimeEvents,
      session: CellSession,
    ) => {
      readonly checker: CheckerDoor;
      readonly runtime: RuntimeDoor;
      readonly openDebugger?: () => Promise<DebuggerDoor>;
    },
  ) {
    this.#onEvent = onEvent;
    const events: RuntimeEvents = {
      onMessage: (message) => this.#receive(message),
      onRawOutput: (name, text) => {
        if (text !== "") this.#onEvent({ type: "stream", parent: this.#parent, name, text });
      },
      onExit: (reason) => this.#onExit(reason),
    };
    const doors = connect(events, this);
    this.#checker = doors.checker;
    this.#runtime = doors.runtime;
    this.#openDebugger = doors.openDebugger;
  }

  async execute(request: ExecuteRequest): Promise<ExecuteReply> {
    this.#parent = request.id;
    this.#executing++;
    try {
      const page = pageRequest(request.code);
      if (page) return await this.#showPage(page.name, page.detailLevel);
      const reply = await this.#run(request, request.code, false);
      if (reply.status === "error") return { status: "error", ...(reply.error as CellError) };
      const userExpressions: { [name: string]: Json } = {};
      for (const [name, code] of Object.entries(request.userExpressions ?? {}))
        userExpressions[name] = await this.#evaluate(request, code);
      return { status: "ok", userExpressions, payload: [] };
    } catch (fault) {
      const message = fault instanceof Error ? fault.message : String(fault);
      const error = { ename: "KernelError", evalue: message, traceback: [`KernelError: ${message}`] };
      this.#onEvent({ type: "error", parent: request.id, ...error });
      return { status: "error", ...error };
    } finally {
      this.#executing--;
    }
  }

  async #run(request: ExecuteRequest, code: string, isExpression: boolean): Promise<RunReply> {
    if (this.#exited !== undefined) throw new Error(`the session is over: ${this.#exited}`);
    const interrupts = this.#interrupts;
    const compiled = await this.#checker.call("compile", code, request.executionCount);
    if (!request.silent)
      for (const text of this.#checker.takeNotices())
        this.#onEvent({ type: "stream", parent: request.id, name: "stderr", text });
    if (compiled.ok) await this.#debugger?.prepare(compiled.unit);
    const error = this.#interrupts > interrupts ? interruptedError : compiled.ok ? undefined : compiled.error;
    if (error || !compiled.ok) {
      const shown = error as CellError;
      if (!isExpression && !request.silent) this.#onEvent({ type: "error", parent: request.id, ...shown });
      return { status: "error", error: shown, declared: [] };
    }
    const { unit } = compiled;
    const sequence = ++this.#sequence;
    const reply = await new Promise<RunReply>((done) => {
      this.#replies.set(sequence, done);
      this.#starts.set(sequence, now());
      this.#runtime.send({
        type: "run",
        run: {
          sequence,
          id: request.id,
          executionCount: request.executionCount,
          silent: request.silent ?? false,
          allowStdin: request.allowStdin ?? true,
          unit,
          isExpression,
        },
      });
    });
    this.#starts.delete(sequence);
    for (const look of this.#waitingForEnds) look();
    if (this.#starts.size === 0) this.#debugger?.settled();
    // Not waited for: the checker answers in order, so the next cell finds the names.
    this.#checker.call("commit", unit.key, reply.declared).catch(() => {});
    await this.#runtime.settled();
    return reply;
  }

  async #evaluate(request: ExecuteRequest, code: string): Promise<Json> {
    const reply = await this.#run(request, code, true);
    if (reply.status === "error") return { status: "error", ...(reply.error as CellError) };
    return { status: "ok", data: reply.value ?? { "text/plain": "undefined" }, metadata: {} };
  }

  async #showPage(name: string, detailLevel: 0 | 1): Promise<ExecuteReply> {
    const { found, data } = await this.inspect(name, [...name].length, detailLevel);
    const shown = found ? data : { "text/plain": `${name} is not defined` };
    return { status: "ok", userExpressions: {}, payload: [{ source: "page", data: shown, start: 0 }] };
  }

  async complete(code: string, cursor: number): Promise<CompleteReply> {
    const { reply, live } = await this.#checker.call("complete", code, cursor);
    if (!live) return reply;
    const names = await this.#questions.ask<readonly string[]>(
      { kind: "members", path: live.path, prefix: live.prefix },
      this.#replies.size > 0 ? soon : longest,
    );
    return withLiveNames(reply, names, live);
  }

  inspect(code: string, cursor: number, detailLevel: 0 | 1): Promise<InspectReply> {
    return this.#checker.call("inspect", code, cursor, detailLevel);
  }

  isComplete(code: string): Promise<IsCompleteReply> {
    return this.#checker.call("isComplete", code);
  }

  async diagnose(code: string, pending: readonly string[] = []): Promise<readonly Diagnosis[] | undefined> {
    await new Promise<void>((done) => {
      later(done);
    });
    return this.#executing > 0 ? undefined : this.#checker.call("diagnose", code, pending);
  }

  parameterCell(
    tagged: string | undefined,
    values: { readonly [name: string]: Json },
  ): Promise<ParameterCellReply> {
    return this.#checker.call("parameterCell", tagged, values);
  }

  async variables(reference = 0, start = 0, count = 0): Promise<readonly Variable[]> {
    const question: Question =
      reference > 0
        ? { kind: "children", reference, start, count }
        : { kind: "variables", names: await this.#checker.call("values") };
    return ((await this.#ask(question)) as readonly Variable[] | undefined) ?? [];
  }

  async variableBundle(name: string): Promise<MimeBundle> {
    return ((await this.#ask({ kind: "bundle", name })) as MimeBundle | undefined) ?? {};
  }

  #ask(question: Question): Promise<unknown> {
    return this.#debugger?.ask(question) ?? this.#questions.ask(question, longest);
  }

  async debug(command: string, args: { readonly [name: string]: Json }): Promise<DebugReply> {
    this.#opening ??= this.#openDebugger?.();
    this.#debugger = await this.#opening;
    const none: DebugReply = { success: false, message: "this session has no debugger" };
    return (await this.#debugger?.answer(command, args)) ?? none;
  }

  answerInput(value: string): void {
    this.#runtime.send({ type: "input", value });
  }

  comm(message: CommMessage): void {
    this.#runtime.send({ type: "comm", message });
  }

  commInfo(): Promise<CommInfo> {
    if (this.#exited !== undefined) return Promise.resolve({});
    return new Promise((done) => {
      const id = ++this.#infoCount;
      this.#infos.set(id, done);
      this.#runtime.send({ type: "commInfo", id });
    });
  }

  interrupt(): void {
    const attempt = ++this.#interrupts;
    const sequence = this.#sequence;
    const starts = (): readonly number[] =>
      [...this.#starts].flatMap(([run, start]) => (run <= sequence ? [start] : []));
    const isPending = (): boolean => [...this.#replies.keys()].some((run) => run <= sequence);
    if (!isPending()) return;
    this.#debugger?.interrupt();
    this.#runtime.interrupt({
      sequence,
      isPending,
      over: this.#whenOver(isPending),
      isLatest: () => attempt === this.#interrupts,
      starts,
      say: (text) => this.#onEvent({ type: "stream", parent: this.#parent, name: "stderr", text }),
    });
  }

  #whenOver(isPending: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (isPending()) return;
        this.#waitingForEnds.delete(look);
        resolve();
      };
      this.#waitingForEnds.add(look);
    });
  }

  async shutdown(): Promise<void> {
    this.#closing = true;
    this.#checker.kill();
    await this.#debugger?.close();
    await this.#runtime.shutdown();
  }

  #receive(message: FromRuntime): void {
    switch (message.type) {
      case "event":
        this.#onEvent(message.event);
        break;
      case "reply":
        this.#replies.get(message.sequence)?.(message.reply);
        this.#replies.delete(message.sequence);
        break;
      case "commInfo":
        this.#infos.get(message.id)?.(message.info);
        this.#infos.delete(message.id);
        break;
      case "answer":
        this.#questions.receive(message.id, message.answer);
        break;
      case "needModules":
        this.#checker.call("modules", message.path).then(
          async (modules) => {
            await this.#debugger?.prepareModules(modules);
            this.#runtime.send({ type: "modules", id: message.id, modules });
          },
          (fault: Error) =>
            this.#runtime.send({ type: "modules", id: message.id, modules: [], fault: fault.message }),
        );
        break;
    }
  }

  #onExit(reason: string): void {
    this.#exited = reason;
    const evalue = `the session is over: ${reason}`;
    const error = { ename: "SessionExit", evalue, traceback: [`SessionExit: ${evalue}`] };
    for (const done of this.#replies.values()) {
      if (!this.#closing) this.#onEvent({ type: "error", parent: this.#parent, ...error });
      done({ status: "error", error, declared: [] });
    }
    this.#replies.clear();
    for (const done of this.#infos.values()) done({});
    this.#infos.clear();
    if (!this.#closing) this.#onEvent({ type: "exit", reason });
    this.#checker.kill();
  }
}

/**
 * How long the running program may take for an answer, in milliseconds: while a cell computes there may be
 * none, and nobody waits for a completion.
 */
const soon = 30;
const longest = 1000;

const interruptedError: CellError = {
  ename: "Interrupted",
  evalue: "the cell was interrupted before it ran",
  traceback: ["Interrupted: the cell was interrupted before it ran"],
};

/** `name?` and `name??` ask for help, as in IPython. */
function pageRequest(code: string): { readonly name: string; readonly detailLevel: 0 | 1 } | undefined {
  const match = /^\s*([\p{ID_Start}$_][\p{ID_Continue}$.]*)(\?\??)\s*$/u.exec(code);
  if (!match) return undefined;
  return { name: match[1] ?? "", detailLevel: match[2] === "??" ? 1 : 0 };
}
