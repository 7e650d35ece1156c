/**
 * The contract between a TypeScript session and its two front doors (the ZeroMQ kernel and the headless
 * runner). A session runs in a process of its own (the front door stays responsive while a cell computes);
 * everything here is therefore plain data or a promise, in the shapes of the Jupyter messaging protocol 5.4.
 */

/** JSON as Jupyter messages carry it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A MIME bundle: text as a string, JSON types as JSON, binary types as base64. */
export type MimeBundle = { readonly [mime: string]: Json };

/**
 * What a session emits while it works. `parent` is the id that `execute` was given: late output keeps its
 * cell's.
 */
export type SessionEvent =
  | {
      readonly type: "stream";
      readonly parent: string;
      readonly name: "stdout" | "stderr";
      readonly text: string;
    }
  | {
      readonly type: "display_data" | "update_display_data";
      readonly parent: string;
      readonly data: MimeBundle;
      readonly metadata: { readonly [key: string]: Json };
      readonly transient: { readonly display_id?: string };
    }
  | {
      readonly type: "execute_result";
      readonly parent: string;
      readonly data: MimeBundle;
      readonly metadata: { readonly [key: string]: Json };
    }
  | { readonly type: "clear_output"; readonly parent: string; readonly wait: boolean }
  | ({ readonly type: "error"; readonly parent: string } & CellError)
  /** A cell asks for a line of input; the front door answers with `Session.answerInput`. */
  | {
      readonly type: "input_request";
      readonly parent: string;
      readonly prompt: string;
      readonly password: boolean;
    }
  | {
      readonly type: "comm_open" | "comm_msg" | "comm_close";
      readonly parent: string;
      readonly commId: string;
      readonly targetName?: string;
      readonly data: Json;
      readonly metadata: { readonly [key: string]: Json };
      readonly buffers: readonly Uint8Array[];
    }
  /** An iopub message of another type, from `jupyter.broadcast`. */
  | {
      readonly type: "broadcast";
      readonly parent: string;
      readonly messageType: string;
      readonly content: Json;
    }
  /** An event of the Debug Adapter Protocol: the program has stopped, or goes on. */
  | { readonly type: "debug"; readonly event: string; readonly body: Json }
  /** The session's process is gone: by `process.exit()`, a crash, or memory. */
  | { readonly type: "exit"; readonly reason: string };

/** What stopped a cell. */
export interface CellError {
  /** The error's name. */
  readonly ename: string;
  /** Its message. */
  readonly evalue: string;
  /** Lines for a terminal, with the user's own files, lines and columns; the first holds name and message. */
  readonly traceback: readonly string[];
}

/** A cell that is to run. */
export interface ExecuteRequest {
  /** Identifies this cell's output in events. */
  readonly id: string;
  /** Its text. */
  readonly code: string;
  /** The number shown as `In [n]`; also names the cell in tracebacks. */
  readonly executionCount: number;
  /** True: it shows no result and no error, and its result is not kept. Default false. */
  readonly silent?: boolean;
  /** Expressions that the reply answers, by name, once the cell has run. Default: none. */
  readonly userExpressions?: { readonly [name: string]: string };
  /** False where the client can answer no `input_request`. Default true. */
  readonly allowStdin?: boolean;
}

/** How a cell ended. */
export type ExecuteReply =
  | {
      readonly status: "ok";
      readonly userExpressions: { readonly [name: string]: Json };
      readonly payload: readonly Json[];
    }
  | ({ readonly status: "error" } & CellError);

/** Offsets count Unicode code points, as the protocol has it. */
export interface CompleteReply {
  /** What could stand there. */
  readonly matches: readonly string[];
  /** Where the part begins that a match replaces. */
  readonly cursorStart: number;
  /** Where that part ends. */
  readonly cursorEnd: number;
  /** What front ends show beside the matches: their kinds. */
  readonly metadata: { readonly [key: string]: Json };
}

/** What is known of the name under the cursor. */
export interface InspectReply {
  /** False: nothing. */
  readonly found: boolean;
  /** Its documentation by MIME type. */
  readonly data: MimeBundle;
}

/** Whether code can run as it stands; `incomplete`: a console goes on with another line, indented so. */
export type IsCompleteReply =
  | { readonly status: "complete" | "invalid" }
  | { readonly status: "incomplete"; readonly indent: string };

/** An error in a cell's text that would keep the cell from running. Offsets count Unicode code points. */
export interface Diagnosis {
  /** Where what is wrong begins. */
  readonly start: number;
  /** Where it ends; the same place where something is missing. */
  readonly end: number;
  /** What a `TypeScriptError` calls it: `TS2322`, or `SyntaxError`. */
  readonly code: string;
  /** What is wrong, and in a line of its own what can be done about it, where that is known. */
  readonly message: string;
}

/** A variable of the session, or what one holds. */
export interface Variable {
  /** What the program calls it, or the key under which a variable holds it. */
  readonly name: string;
  /** The value in a line. */
  readonly value: string;
  /** The value's class, or what `typeof` says of it. */
  readonly type: string;
  /**
   * What `Session.variables` lists its parts by; 0 where it has none. Good until the session's variables are
   * listed again.
   */
  readonly reference: number;
  /** An expression for it, of a variable of the session. */
  readonly evaluateName?: string;
}

/** The text of a cell that sets parameters, or why there can be none. */
export type ParameterCellReply =
  | { readonly ok: true; readonly code: string }
  | { readonly ok: false; readonly reason: string };

/** What a debugger answers: what was asked for, or what is wrong with the request. */
export type DebugReply =
  | { readonly success: true; readonly body: { readonly [key: string]: Json } }
  | { readonly success: false; readonly message: string };

/** A comm message on its way from the client into the session. */
export interface CommMessage {
  /** Opens a comm, sends on it, or closes it. */
  readonly type: "comm_open" | "comm_msg" | "comm_close";
  /** The id of the request that it came with. */
  readonly parent: string;
  /** Which comm. */
  readonly commId: string;
  /** Whom an opening is for, as `jupyter.comms.register` named it. */
  readonly targetName?: string;
  /** What is said. */
  readonly data: Json;
  /** What the message's sender says of it. */
  readonly metadata: { readonly [key: string]: Json };
  /** Binary parts. */
  readonly buffers: readonly Uint8Array[];
}

/** A running TypeScript session; see {@link createSession}. */
export interface Session {
  /**
   * Runs one cell; its outputs arrive as events, all of them before the promise settles. Never rejects for
   * what a cell does. A cell that is handed over before another has ended runs whenever that one waits: who
   * wants an order awaits each reply.
   */
  execute(request: ExecuteRequest): Promise<ExecuteReply>;
  /** What could stand at a place of a cell. `cursor` counts Unicode code points. */
  complete(code: string, cursor: number): Promise<CompleteReply>;
  /** What is known of the name at a place; detail level 1 adds its source. */
  inspect(code: string, cursor: number, detailLevel: 0 | 1): Promise<InspectReply>;
  /** Whether code can run as it stands. */
  isComplete(code: string): Promise<IsCompleteReply>;
  /**
   * The errors of a cell's own text, which is neither run nor kept. What `pending` cells declare, which have
   * not run yet, is not missed. Questions that are asked later are answered first; undefined while a cell
   * runs, whose names are not known yet.
   */
  diagnose(code: string, pending?: readonly string[]): Promise<readonly Diagnosis[] | undefined>;
  /**
   * The cell that gives the variables of a cell tagged `parameters` these values; without one, any variables.
   */
  parameterCell(
    tagged: string | undefined,
    values: { readonly [name: string]: Json },
  ): Promise<ParameterCellReply>;
  /**
   * The variables that cells have declared, or what one of them holds; nothing while a cell computes. Of more
   * than a thousand parts there are ranges, or `count` parts from the one numbered `start` on. No getter is
   * run.
   */
  variables(reference?: number, start?: number, count?: number): Promise<readonly Variable[]>;
  /** How a variable shows itself; empty where there is none of this name. */
  variableBundle(name: string): Promise<MimeBundle>;
  /**
   * Answers a request of the Debug Adapter Protocol, or one of those that Jupyter has beside it; also while a
   * cell runs or has stopped. Missing where nothing can be stopped: in a browser.
   */
  debug?(command: string, args: { readonly [name: string]: Json }): Promise<DebugReply>;
  /** Hands over the line that an `input_request` asked for. */
  answerInput(value: string): void;
  /** Hands over what a client says on a comm. */
  comm(message: CommMessage): void;
  /** The open comms, for `comm_info_request`. */
  commInfo(): Promise<{ readonly [commId: string]: { readonly target_name: string } }>;
  /** Stops the running cell, keeping every variable; safe to call twice, and when nothing runs. */
  interrupt(): void;
  /** Ends the process, by force when it does not end by itself in time. */
  shutdown(): Promise<void>;
}

/** The options of {@link createSession}. */
export interface SessionOptions {
  /** The notebook's folder: imports resolve from here. */
  readonly cwd: string;
  /** How much memory the cells' variables may take, in MB. Default: Node's own limit. */
  readonly memory?: number;
  /**
   * A start-up snapshot that was made for many users, as `convfuse-kernel install --prefix` writes it. It is
   * taken if it fits this Node, and only its owner and root can write it; else the user's own is. Default:
   * the user's own.
   */
  readonly snapshot?: string;
  /** Hears every output and request, in order. */
  readonly onEvent: (event: SessionEvent) => void;
}
