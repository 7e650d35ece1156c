import type { Value } from "../../../graph/graph.js";

/** A value that is replaced, but whose terms no tree with the same branches can hold. */
export class Inexpressible extends Error {
  readonly value: Value;
  /** Why, where there is more to say. */
  readonly reason: string | undefined;

  constructor(value: Value, reason?: string) {
    super("inexpressible");
    this.value = value;
    this.reason = reason;
  }
}
