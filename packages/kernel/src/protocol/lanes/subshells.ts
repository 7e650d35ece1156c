import { randomUUID } from "node:crypto";
import { RequestError } from "../wire/fields.js";
import { Lane } from "./lane.js";

/**
 * The main shell, its subshells (JEP 91) and the control channel: lanes whose cells do not wait for each
 * other's.
 */
export class Subshells {
  readonly main: Lane = new Lane();
  readonly control: Lane = new Lane();
  readonly #lanes: Map<string, Lane> = new Map();

  create(): string {
    const id = randomUUID();
    this.#lanes.set(id, new Lane());
    return id;
  }

  /** @throws RequestError where there is no such subshell */
  delete(id: string): void {
    this.get(id).abortWaiting();
    this.#lanes.delete(id);
  }

  ids(): string[] {
    return [...this.#lanes.keys()];
  }

  /**
   * The lane that a message's header names; the main shell where it names none.
   * @throws RequestError where there is no such subshell
   */
  get(id: unknown): Lane {
    if (id === undefined || id === null) return this.main;
    const lane = this.#lanes.get(String(id));
    if (!lane) throw new RequestError(`there is no subshell ${String(id).slice(0, 80)}`);
    return lane;
  }

  all(): Lane[] {
    return [this.main, this.control, ...this.#lanes.values()];
  }
}
