import type { Module } from "../nn/module.js";
import { joinPath } from "../nn/module.js";

/** The smallest and the largest weight of a convolution, biases not counted. */
export interface WeightRange {
  /** The dotted name of the branch or layer. */
  readonly path: string;
  readonly min: number;
  readonly max: number;
}

/** A subtree that became one layer. */
export interface FusedNote {
  /** The dotted name of the layer that stands there now. */
  readonly path: string;
  /** The dotted names of the modules that it stands for: one subtree, or neighbours in a `Sequential`. */
  readonly sources: readonly string[];
  readonly before: readonly Module[];
  readonly after: Module;
  /** Of every branch of a sum, folded, and of every convolution elsewhere. */
  readonly ranges: readonly WeightRange[];
}

/** A subtree that stays as it is. */
export interface Refusal {
  /** The dotted name of the subtree; "" for the whole. */
  readonly path: string;
  readonly reason: string;
}

/** What a walk has to say about a subtree; all paths begin below it. */
export interface Notes {
  readonly fused: readonly FusedNote[];
  readonly refused: readonly Refusal[];
}

export const noNotes: Notes = { fused: [], refused: [] };

/** The notes of a child, seen from its parent. */
export function below(name: string, notes: Notes): Notes {
  const fused = notes.fused.map((note) => ({
    ...note,
    path: joinPath(name, note.path),
    sources: note.sources.map((source) => joinPath(name, source)),
    ranges: rangesBelow(name, note.ranges),
  }));
  const refused = notes.refused.map((note) => ({ ...note, path: joinPath(name, note.path) }));
  return { fused, refused };
}

export function rangesBelow(name: string, ranges: readonly WeightRange[]): readonly WeightRange[] {
  return ranges.map((range) => ({ ...range, path: joinPath(name, range.path) }));
}

export function joinNotes(all: readonly Notes[]): Notes {
  return { fused: all.flatMap((notes) => notes.fused), refused: all.flatMap((notes) => notes.refused) };
}

export function rangeOf(path: string, values: ArrayLike<number>): WeightRange {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    min = Math.min(min, values[i] as number);
    max = Math.max(max, values[i] as number);
  }
  return { path, min, max };
}
