import type { Message } from "./wire/wire.js";

/**
 * A request that a cell or a comm came with: where its output belongs, also what comes when it is long over.
 */
export interface RequestRecord {
  readonly message: Message;
  readonly executionCount: number;
  readonly silent: boolean;
  readonly stored: boolean;
}

/** The latest requests by the id that the session knows them by. */
export class Requests {
  static readonly #remembered = 10_000;
  readonly #records: Map<string, RequestRecord> = new Map();
  #count = 0;

  add(record: RequestRecord): string {
    this.#count += 1;
    const id = String(this.#count);
    this.#records.set(id, record);
    this.#records.delete(String(this.#count - Requests.#remembered));
    return id;
  }

  get(id: string): RequestRecord | undefined {
    return this.#records.get(id);
  }
}
