import { FusionError } from "../errors.js";
import type { Module } from "../nn/module.js";
import type { Notes, WeightRange } from "./notes.js";
import type { LinearMap } from "./rules.js";

/** What the walk knows of one subtree, when everything below it is done. */
export interface Subtree {
  readonly source: Module;
  /** What stands there if nothing above takes it in; `source` itself where nothing changed. */
  readonly output: Module;
  /** How many layers it has that do anything: `Identity` counts 0. */
  readonly layers: number;
  /** What it is, in float64. Computed when first asked for: a grouped sequence is made dense only where a sum needs it. */
  readonly map: () => Outcome<LinearMap>;
  /** The weights that go into it: of each convolution, or of each branch of a sum. */
  readonly ranges: readonly WeightRange[];
  readonly notes: Notes;
}

/** A value, or why there is none. */
export type Outcome<T> = { readonly value: T } | { readonly reason: string };

/** Runs a transform; what it refuses becomes the reason. */
export function attempt<T>(run: () => T): Outcome<T> {
  try {
    return { value: run() };
  } catch (error) {
    if (error instanceof FusionError) return { reason: error.rule };
    throw error;
  }
}

/** @throws {FusionError} with the reason, where there is no value */
export function resolved<T>(outcome: Outcome<T>, op = "fuse"): T {
  if ("value" in outcome) return outcome.value;
  throw new FusionError(op, outcome.reason);
}

/** Calls `run` once, when first asked. */
export function once<T>(run: () => T): () => T {
  let done: { readonly value: T } | undefined;
  return () => {
    done ??= { value: run() };
    return done.value;
  };
}
