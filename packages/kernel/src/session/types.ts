/**
 * The contract between a TypeScript session and its two front doors (the ZeroMQ kernel and the headless runner).
 * A session runs in a process of its own (the front door stays responsive while a cell computes); everything here is
 * therefore plain data or a promise, in the shapes of the Jupyter messaging protocol 5.4.
 */

/** JSON as Jupyter messages carry it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A MIME bundle: text as a string, JSON types as JSON, binary types as base64. */
export type MimeBundle = { readonly [mime: string]: Json };

/** What a session emits while it works. `parent` is the id that `execute` was given: late output keeps its cell's. */
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
  /** The session's process is gone: by `process.exit()`, a crash, or memory. */
  | { readonly type: "exit"; readonly reason: string };

export interface CellError {
  readonly ename: string;
  readonly evalue: string;
  /** Lines for a terminal, with the user's own files, lines and columns; the first holds name and message. */
  readonly traceback: readonly string[];
}

export interface ExecuteRequest {
  /** Identifies this cell's output in events. */
  readonly id: string;
  readonly code: string;
  /** The number shown as `In [n]`; also names the cell in tracebacks. */
  readonly executionCount: number;
  readonly silent?: boolean;
  readonly userExpressions?: { readonly [name: string]: string };
  /** False where the client can answer no `input_request`. Default true. */
  readonly allowStdin?: boolean;
}

export type ExecuteReply =
  | {
      readonly status: "ok";
      readonly userExpressions: { readonly [name: string]: Json };
      readonly payload: readonly Json[];
    }
  | ({ readonly status: "error" } & CellError);

/** Offsets count Unicode code points, as the protocol has it. */
export interface CompleteReply {
  readonly matches: readonly string[];
  readonly cursorStart: number;
  readonly cursorEnd: number;
  readonly metadata: { readonly [key: string]: Json };
}

export interface InspectReply {
  readonly found: boolean;
  readonly data: MimeBundle;
}

export type IsCompleteReply =
  | { readonly status: "complete" | "invalid" }
  | { readonly status: "incomplete"; readonly indent: string };

/** A variable of the session, or what one holds. */
export interface Variable {
  readonly name: string;
  /** The value in a line. */
  readonly value: string;
  /** The value's class, or what `typeof` says of it. */
  readonly type: string;
  /** What `Session.variables` lists its parts by; 0 where it has none. Good until the session's variables are listed again. */
  readonly reference: number;
  /** An expression for it, of a variable of the session. */
  readonly evaluateName?: string;
}

/** The text of a cell that sets parameters, or why there can be none. */
export type ParameterCellReply =
  | { readonly ok: true; readonly code: string }
  | { readonly ok: false; readonly reason: string };

/** A comm message on its way from the client into the session. */
export interface CommMessage {
  readonly type: "comm_open" | "comm_msg" | "comm_close";
  readonly parent: string;
  readonly commId: string;
  readonly targetName?: string;
  readonly data: Json;
  readonly metadata: { readonly [key: string]: Json };
  readonly buffers: readonly Uint8Array[];
}

export interface Session {
  /**
   * Runs one cell; its outputs arrive as events, all of them before the promise settles. Never rejects for what a cell does.
   * A cell that is handed over before another has ended runs whenever that one waits: who wants an order awaits each reply.
   */
  execute(request: ExecuteRequest): Promise<ExecuteReply>;
  complete(code: string, cursor: number): Promise<CompleteReply>;
  inspect(code: string, cursor: number, detailLevel: 0 | 1): Promise<InspectReply>;
  isComplete(code: string): Promise<IsCompleteReply>;
  /** The cell that gives the variables of a cell tagged `parameters` these values; without one, any variables. */
  parameterCell(
    tagged: string | undefined,
    values: { readonly [name: string]: Json },
  ): Promise<ParameterCellReply>;
  /** Hands over the line that an `input_request` asked for. */
  /** The variables that cells have declared, or what one of them holds; nothing while a cell computes. */
  variables(reference?: number): Promise<readonly Variable[]>;
  /** How a variable shows itself; empty where there is none of this name. */
  variableBundle(name: string): Promise<MimeBundle>;
  answerInput(value: string): void;
  comm(message: CommMessage): void;
  /** The open comms, for `comm_info_request`. */
  commInfo(): Promise<{ readonly [commId: string]: { readonly target_name: string } }>;
  /** Stops the running cell, keeping every variable; safe to call twice, and when nothing runs. */
  interrupt(): void;
  /** Ends the process, by force when it does not end by itself in time. */
  shutdown(): Promise<void>;
}

export interface SessionOptions {
  /** The notebook's folder: imports resolve from here. */
  readonly cwd: string;
  /** How much memory the cells' variables may take, in MB. Default: Node's own limit. */
  readonly memory?: number;
  /**
   * A start-up snapshot that was made for many users, as `convfuse-kernel install --prefix` writes it. It is taken if it fits this
   * Node, and only its owner and root can write it; else the user's own is. Default: the user's own.
   */
  readonly snapshot?: string;
  readonly onEvent: (event: SessionEvent) => void;
}
