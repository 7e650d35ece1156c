import type { MeetingOp } from "../graph/op.js";
import { Branches } from "./branches.js";
import { isConnected } from "./composition.js";
import { Sequential } from "./layers/sequential.js";
import type { Module } from "./module.js";

/**
 * How a composition joins its children, where it is one of the plain ways: one after the other, or all
 * of x and then together.
 */
export type Joining = "sequence" | MeetingOp["kind"];

/** Undefined: wires of another kind, a forward of its own, or no composition. */
export function joiningOf(module: Module): Joining | undefined {
  if (!isConnected(module)) return undefined;
  if (module.connect === Sequential.prototype.connect) return "sequence";
  return module.connect === Branches.prototype.connect ? (module as Branches).meeting.kind : undefined;
}
