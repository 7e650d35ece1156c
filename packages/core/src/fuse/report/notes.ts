import type { Module } from "../../nn/module.js";
import { joinPath } from "../../nn/module.js";

/** The smallest and the largest weight of a convolution, biases not counted. */
export interface WeightRange {
  /** The dotted name of the branch or layer. */
  readonly path: string;
  /** The smallest weight. */
  readonly min: number;
  /** The largest weight. */
  readonly max: number;
}

/** Some of the layers of a tree. */
export interface Counted {
  /** The dotted names of modules that are meant as a whole. */
  readonly paths: readonly string[];
  /** These modules. */
  readonly modules: readonly Module[];
  /** The dotted names of compositions of which only a place is meant where their wires meet. */
  readonly meetings: readonly string[];
}

/** A subtree that became one layer. */
export interface FusedNote {
  /** The dotted name of the layer that stands there now. */
  readonly path: string;
  /** What it stands for: one subtree, or neighbours in a `Sequential`. */
  readonly before: Counted;
  /** What was made for it: one layer, or several and the sum of them. */
  readonly made: Counted;
  /** What stands there now: that layer, or all that ends in that sum. */
  readonly after: Module;
  /** Of every branch of a sum, folded, and of every convolution elsewhere. */
  readonly ranges: () => readonly WeightRange[];
  /** True: exact at the given input shape only. */
  readonly atGivenSizes: boolean;
}

/** A subtree that stays as it is. */
export interface Refusal {
  /** The dotted name of the subtree; "" for the whole. */
  readonly path: string;
  /** Why, in a sentence's part for people. */
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
    before: countedBelow(name, note.before),
    made: countedBelow(name, note.made),
    ranges: () => rangesBelow(name, note.ranges()),
  }));
  const refused = notes.refused.map((note) => ({ ...note, path: joinPath(name, note.path) }));
  return { fused, refused };
}

function countedBelow(name: string, { paths, modules, meetings }: Counted): Counted {
  const below = (path: string): string => joinPath(name, path);
  return { paths: paths.map(below), modules, meetings: meetings.map(below) };
}

export function rangesBelow(name: string, ranges: readonly WeightRange[]): readonly WeightRange[] {
  return ranges.map((range) => ({ ...range, path: joinPath(name, range.path) }));
}

export function joinNotes(all: readonly Notes[]): Notes {
  return { fused: all.flatMap((notes) => notes.fused), refused: all.flatMap((notes) => notes.refused) };
}

/** The range of some values, NaN if one of them is. */
export function rangeOf(path: string, values: ArrayLike<number>): WeightRange {
  const { POSITIVE_INFINITY: infinity } = Number;
  let [low0, low1, low2, low3] = [infinity, infinity, infinity, infinity];
  let [high0, high1, high2, high3] = [-infinity, -infinity, -infinity, -infinity];
  const fours = values.length & ~3;
  // Four at a time, none of which waits for another: networks have tens of millions of weights.
  for (let i = 0; i < fours; i += 4) {
    const a = values[i] as number;
    const b = values[i + 1] as number;
    const c = values[i + 2] as number;
    const d = values[i + 3] as number;
    low0 = Math.min(low0, a);
    low1 = Math.min(low1, b);
    low2 = Math.min(low2, c);
    low3 = Math.min(low3, d);
    high0 = Math.max(high0, a);
    high1 = Math.max(high1, b);
    high2 = Math.max(high2, c);
    high3 = Math.max(high3, d);
  }
  for (let i = fours; i < values.length; i++) {
    low0 = Math.min(low0, values[i] as number);
    high0 = Math.max(high0, values[i] as number);
  }
  return { path, min: Math.min(low0, low1, low2, low3), max: Math.max(high0, high1, high2, high3) };
}
