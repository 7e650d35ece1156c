import type { Message } from "./wire.js";

/** A cell that has been started: where its output belongs, also what comes when it is long over. */
export interface Cell {
  readonly request: Message;
  readonly executionCount: number;
  readonly silent: boolean;
  readonly stored: boolean;
}

/** The latest cells by the id that the session knows them by. */
export class Cells {
  static readonly #remembered = 10_000;
  readonly #cells: Map<string, Cell> = new Map();
  #count = 0;

  add(cell: Cell): string {
    this.#count += 1;
    const id = String(this.#count);
    this.#cells.set(id, cell);
    this.#cells.delete(String(this.#count - Cells.#remembered));
    return id;
  }

  get(id: string): Cell | undefined {
    return this.#cells.get(id);
  }
}
