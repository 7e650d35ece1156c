import type {
  CellError,
  CommMessage,
  CompleteReply,
  Diagnosis,
  InspectReply,
  IsCompleteReply,
  Json,
  ParameterCellReply,
  SessionEvent,
} from "./types.js";
import type { CellUnit, CompiledText, CompileReply, ExpressionReply, LocalModule } from "./unit.js";

/** A folder that was opened. */
export interface Opened {
  /** False where the types are gone that a snapshot holds. */
  readonly hasTypes: boolean;
  /** What the reader is to be told of the project's settings. */
  readonly notices: readonly string[];
}

/** What the checker answers: the parameters and result of each of its methods. */
export interface CheckerMethods {
  /** The names of the session's values. */
  values(): readonly string[];
  /**
   * `runtime` is the process to end when the front door is gone; `snapshot` is where the snapshot lies, or
   * would lie, for which imports are remembered; `first` is the cell that is about to be compiled, if that is
   * known.
   */
  open(cwd: string, runtime: number | undefined, snapshot?: string, first?: string): Opened;
  compile(code: string, executionCount: number): CompileReply;
  commit(key: string, names: readonly string[]): void;
  /** Compiles the local modules that a path leads to, for an import whose path is computed. */
  modules(path: string): readonly LocalModule[];
  complete(code: string, cursor: number): Completion;
  inspect(code: string, cursor: number, detailLevel: 0 | 1): InspectReply;
  isComplete(code: string): IsCompleteReply;
  diagnose(code: string, pending: readonly string[]): readonly Diagnosis[];
  parameterCell(tagged: string | undefined, values: { readonly [name: string]: Json }): ParameterCellReply;
  /**
   * A cell's code without a look at its types: where it can stop, before it runs. Undefined where its syntax
   * is wrong.
   */
  layout(code: string): CompiledText | undefined;
  /** The JavaScript of a module as that of a script: everything stands where it stood. */
  asScript(text: string): string;
  /** Code that is evaluated among `locals`; `session` are names of the session that no cell has left yet. */
  expression(code: string, locals: readonly string[], session: readonly string[]): ExpressionReply;
  /** Lets later cells see a variable that no cell has declared. */
  adopt(name: string): void;
}

/** What the checker knows of a completion, and what to ask the running program for. */
export interface Completion {
  readonly reply: CompleteReply;
  readonly live?: { readonly path: readonly string[]; readonly prefix: string; readonly isQuoted: boolean };
}

export interface CheckerRequest {
  readonly id: number;
  readonly method: keyof CheckerMethods;
  readonly args: readonly unknown[];
}

export interface CheckerAnswer {
  readonly id: number;
  readonly result?: unknown;
  /** The stack of what the checker itself threw: a fault of the kernel's. */
  readonly fault?: string;
}

/** What the front door asks the running program, which answers without running anything of the user's. */
export type Question =
  | { readonly kind: "members"; readonly path: readonly string[]; readonly prefix: string }
  | { readonly kind: "variables"; readonly names: readonly string[] }
  | {
      readonly kind: "children";
      readonly reference: number;
      readonly start: number;
      readonly count: number;
    }
  | { readonly kind: "bundle"; readonly name: string };

/** One run of compiled code in the runtime. */
export interface Run {
  /** Counts the runs of a session; an interrupt names the run that it means. */
  readonly sequence: number;
  readonly id: string;
  readonly executionCount: number;
  readonly silent: boolean;
  readonly allowStdin: boolean;
  readonly unit: CellUnit;
  /** A user expression: its value is handed back and not shown. */
  readonly isExpression: boolean;
}

export type ToRuntime =
  /** Lets a debugger in. */
  | { readonly type: "debug" }
  | { readonly type: "run"; readonly run: Run }
  | { readonly type: "interrupt" }
  | { readonly type: "input"; readonly value: string }
  | { readonly type: "comm"; readonly message: CommMessage }
  | { readonly type: "commInfo"; readonly id: number }
  | { readonly type: "ask"; readonly id: number; readonly question: Question }
  | {
      readonly type: "modules";
      readonly id: number;
      readonly modules: readonly LocalModule[];
      readonly fault?: string;
    };

/** What became of the language's own objects, which cells can change; "" where there is nothing to say. */
export interface PutBack {
  /** Which of them are as they were again, and why. */
  readonly said: string;
  /** Which of them cannot be put back, so that nothing goes on. */
  readonly fault: string;
}

export interface RunReply {
  readonly status: "ok" | "error";
  readonly error?: CellError;
  /** The names among the cell's declarations that its run got to. */
  readonly declared: readonly string[];
  /** A user expression's value as a bundle. */
  readonly value?: Json;
}

export type FromRuntime =
  | { readonly type: "event"; readonly event: SessionEvent }
  | { readonly type: "reply"; readonly sequence: number; readonly reply: RunReply }
  | {
      readonly type: "commInfo";
      readonly id: number;
      readonly info: { readonly [id: string]: { readonly target_name: string } };
    }
  | { readonly type: "answer"; readonly id: number; readonly answer: unknown }
  | { readonly type: "needModules"; readonly id: number; readonly path: string };

/** The file descriptor that the checker is born with: it says how many requests were sent. */
export const requestsFd = 4;

/** The file descriptors that the runtime is born with, beside the standard three and the message channel. */
export const eventsFd = 4;
export const interruptFd = 5;
export const debuggerFd = 6;
