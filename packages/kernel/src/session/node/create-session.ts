import { resolve } from "node:path";
import { checkMemory, checkOptions, type OptionNames } from "../../check-options.js";
import { withLiveNames } from "../live-names.js";
import type { FromRuntime, Question, RunReply } from "../messages.js";
import { Questions } from "../questions.js";
import type {
  CellError,
  CommMessage,
  CompleteReply,
  ExecuteReply,
  ExecuteRequest,
  InspectReply,
  IsCompleteReply,
  Json,
  MimeBundle,
  ParameterCellReply,
  Session,
  SessionEvent,
  SessionOptions,
  Variable,
} from "../types.js";
import { CheckerClient } from "./checker-client.js";
import { RuntimeClient } from "./runtime-client.js";

type CommInfo = { readonly [commId: string]: { readonly target_name: string } };

/**
 * Starts a TypeScript session: one process that checks types and one that runs cells, so that completion works, and
 * an interrupt arrives, while a cell computes.
 * @example
 * const session = await createSession({ cwd: ".", onEvent: (event) => console.log(event) });
 * await session.execute({ id: "1", code: "1 + 1", executionCount: 1 });
 * await session.shutdown();
 */
export async function createSession(options: SessionOptions): Promise<Session> {
  checkOptions("createSession", options, sessionOptionNames);
  checkMemory("createSession", options.memory);
  return new ProcessSession(options);
}

const sessionOptionNames: OptionNames<SessionOptions> = { cwd: true, memory: true, onEvent: true };

class ProcessSession implements Session {
  readonly #checker: CheckerClient;
  readonly #runtime: RuntimeClient;
  readonly #onEvent: (event: SessionEvent) => void;
  readonly #replies = new Map<number, (reply: RunReply) => void>();
  /** When the runs began that are not over, by performance.now(). */
  readonly #starts = new Map<number, number>();
  readonly #questions = new Questions((id, question) => this.#runtime.send({ type: "ask", id, question }));
  readonly #infos = new Map<number, (info: CommInfo) => void>();
  #sequence = 0;
  #infoCount = 0;
  #parent = "";
  /** How often it was interrupted: a cell that is only compiled has nothing yet that a signal could end. */
  #interrupts = 0;
  #exited: string | undefined;
  #closing = false;

  constructor(options: SessionOptions) {
    const cwd = resolve(options.cwd);
    this.#onEvent = options.onEvent;
    // Takes longest to start.
    this.#checker = new CheckerClient(cwd);
    this.#runtime = new RuntimeClient(cwd, options.memory, {
      onMessage: (message) => this.#receive(message),
      onRawOutput: (name, text) => {
        if (text !== "") this.#onEvent({ type: "stream", parent: this.#parent, name, text });
      },
      onExit: (reason) => this.#onExit(reason),
    });
    this.#checker.open(this.#runtime.pid);
  }

  async execute(request: ExecuteRequest): Promise<ExecuteReply> {
    this.#parent = request.id;
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
    }
  }

  async #run(request: ExecuteRequest, code: string, isExpression: boolean): Promise<RunReply> {
    if (this.#exited !== undefined) throw new Error(`the session is over: ${this.#exited}`);
    const interrupts = this.#interrupts;
    const compiled = await this.#checker.call("compile", code, request.executionCount);
    if (!request.silent)
      for (const text of this.#checker.takeNotices())
        this.#onEvent({ type: "stream", parent: request.id, name: "stderr", text });
    const error = this.#interrupts > interrupts ? interruptedError : compiled.ok ? undefined : compiled.error;
    if (error || !compiled.ok) {
      const shown = error as CellError;
      if (!isExpression && !request.silent) this.#onEvent({ type: "error", parent: request.id, ...shown });
      return { status: "error", error: shown, declared: [] };
    }
    const sequence = ++this.#sequence;
    const { unit } = compiled;
    const reply = await new Promise<RunReply>((done) => {
      this.#replies.set(sequence, done);
      this.#starts.set(sequence, performance.now());
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
    // Not waited for: the checker answers in order, so the next cell finds the names.
    this.#checker.call("commit", unit.key, reply.declared).catch(() => {});
    // What a program started by the cell wrote comes by another pipe.
    await new Promise((done) => setImmediate(done));
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
      { kind: "members", path: live.path },
      this.#replies.size > 0 ? soon : later,
    );
    return withLiveNames(reply, names, live);
  }

  inspect(code: string, cursor: number, detailLevel: 0 | 1): Promise<InspectReply> {
    return this.#checker.call("inspect", code, cursor, detailLevel);
  }

  isComplete(code: string): Promise<IsCompleteReply> {
    return this.#checker.call("isComplete", code);
  }

  parameterCell(
    tagged: string | undefined,
    values: { readonly [name: string]: Json },
  ): Promise<ParameterCellReply> {
    return this.#checker.call("parameterCell", tagged, values);
  }

  async variables(reference = 0): Promise<readonly Variable[]> {
    const question: Question =
      reference > 0
        ? { kind: "children", reference }
        : { kind: "variables", names: await this.#checker.call("values") };
    return (await this.#questions.ask<readonly Variable[]>(question, later)) ?? [];
  }

  async variableBundle(name: string): Promise<MimeBundle> {
    return (await this.#questions.ask<MimeBundle>({ kind: "bundle", name }, later)) ?? {};
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
    const isRunning = (): boolean => [...this.#replies.keys()].some((run) => run <= sequence);
    if (!isRunning()) return;
    this.#runtime.interrupt(sequence);
    this.#interruptChildren(sequence, attempt);
    // The signal comes only where the rest did not help: one that reaches Node's watchdog as its script ends is kept
    // by it, and ends the next script.
    setTimeout(() => {
      if (isRunning()) this.#runtime.signal();
    }, signalDelay).unref();
    setTimeout(() => {
      if (isRunning() && attempt === this.#interrupts)
        this.#onEvent({ type: "stream", parent: this.#parent, name: "stderr", text: stuckText });
    }, stuckDelay).unref();
  }

  /** Also what the cell is only about to start, as long as it has not ended. */
  #interruptChildren(sequence: number, attempt: number): void {
    const done = new Set<number>();
    const tell = (): void => {
      const starts = [...this.#starts].flatMap(([run, start]) => (run <= sequence ? [start] : []));
      if (starts.length === 0 || attempt !== this.#interrupts) return;
      this.#runtime.interruptChildren((performance.now() - Math.min(...starts)) / 1000, done);
      setTimeout(tell, signalDelay).unref();
    };
    tell();
  }

  async shutdown(): Promise<void> {
    this.#closing = true;
    this.#checker.kill();
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
          (modules) => this.#runtime.send({ type: "modules", id: message.id, modules }),
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
 * How long the running program may take for an answer, in milliseconds: while a cell computes there may be none, and nobody waits
 * for a completion.
 */
const soon = 30;
const later = 1000;

/** In milliseconds. */
const signalDelay = 250;
const stuckDelay = 1500;

/**
 * An inspector could end such code from another thread, but takes too much with it: Node 20 and 22 abort, and later ones forget
 * every reaction of a promise that is due.
 */
const stuckText =
  "The cell has not ended yet. What a package computes in an asynchronous function lets no interrupt in: " +
  "it ends by itself, or with a restart of the kernel.\n";

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
