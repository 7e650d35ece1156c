import { ArgumentError } from "../errors.js";
import type { MeetingOp } from "../graph/op.js";
import { Composition, type CompositionOptions, type Wiring } from "./composition.js";
import type { Module } from "./module.js";

/** Branches that all read x. */
export abstract class Branches extends Composition {
  /** @throws {ArgumentError} if there is no branch */
  constructor(
    branches: readonly Module[] | Readonly<Record<string, Module>>,
    options: CompositionOptions = {},
  ) {
    super(branches, options);
    if (this.children().size === 0) throw new ArgumentError(this.typeName, "needs at least one branch");
  }

  /** Where the branches' results meet. */
  abstract get meeting(): MeetingOp;

  override connect<Wire>(x: Wire, wiring: Wiring<Wire>): Wire {
    return wiring.meet(
      this.meeting,
      [...this.children().keys()].map((name) => wiring.child(name, x)),
    );
  }
}
