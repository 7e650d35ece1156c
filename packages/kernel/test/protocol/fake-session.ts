import type {
  CommMessage,
  ExecuteReply,
  ExecuteRequest,
  Session,
  SessionEvent,
} from "../../src/session/types.js";

export const ok: ExecuteReply = { status: "ok", userExpressions: {}, payload: [] };

export function failure(evalue: string): ExecuteReply {
  return { status: "error", ename: "Error", evalue, traceback: [`Error: ${evalue}`] };
}

/** What a cell of the fake does: it sees its request, emits events, and knows when it is interrupted. */
export interface CellTools {
  readonly request: ExecuteRequest;
  readonly emit: (event: SessionEvent) => void;
  readonly interrupted: Promise<void>;
  /** The next line of input. */
  readonly input: () => Promise<string>;
}

/** A session whose cells are the named functions of a test. */
/** What a cell does, by its code. */
export type FakeCells = {
  readonly [code: string]: (tools: CellTools) => Promise<ExecuteReply> | ExecuteReply;
};

export class FakeSession implements Session {
  readonly comms: CommMessage[] = [];
  readonly executed: ExecuteRequest[] = [];
  shutdowns = 0;
  readonly #cells: FakeCells;
  readonly #emit: (event: SessionEvent) => void;
  #interrupts: (() => void)[] = [];
  #answers: ((value: string) => void)[] = [];

  constructor(cells: FakeCells, emit: (event: SessionEvent) => void) {
    this.#cells = cells;
    this.#emit = emit;
  }

  async execute(request: ExecuteRequest): Promise<ExecuteReply> {
    this.executed.push(request);
    const interrupted = new Promise<void>((resolve) => this.#interrupts.push(resolve));
    const input = (): Promise<string> => new Promise((resolve) => this.#answers.push(resolve));
    return (await this.#cells[request.code]?.({ request, emit: this.#emit, interrupted, input })) ?? ok;
  }

  async complete(code: string, cursor: number) {
    return { matches: [code], cursorStart: 0, cursorEnd: cursor, metadata: {} };
  }

  async inspect(code: string, cursor: number, detail: 0 | 1) {
    return { found: true, data: { "text/plain": `${code} ${cursor} ${detail}` } };
  }

  async isComplete() {
    return { status: "incomplete", indent: "  " } as const;
  }

  async diagnose() {
    return [];
  }

  async variables(reference = 0) {
    return [{ name: "x", value: String(reference), type: "number", reference: reference + 1 }];
  }

  async variableBundle(name: string) {
    return { "text/plain": name };
  }

  async parameterCell() {
    return { ok: true, code: "" } as const;
  }

  answerInput(value: string): void {
    this.#answers.shift()?.(value);
  }

  comm(message: CommMessage): void {
    this.comms.push(message);
  }

  async commInfo() {
    return { a: { target_name: "one" }, b: { target_name: "two" } };
  }

  interrupt(): void {
    for (const stop of this.#interrupts.splice(0)) stop();
  }

  async shutdown(): Promise<void> {
    this.shutdowns += 1;
  }
}
