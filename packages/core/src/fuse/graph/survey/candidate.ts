import type { LinearForm } from "../../../algebra/kernel.js";
import { FusionError, unlessThrown } from "../../../errors.js";
import type { Node, Value } from "../../../graph/graph.js";
import type { ImageForm } from "../../../graph/op.js";
import type { BaseFacts } from "../maps/combine-maps.js";
import type { LinearMap } from "../maps/linear-map.js";
import type { Growth, Work } from "../maps/work.js";

/** One way to compute a value: as one map of another value, its base. */
export interface Candidate {
  readonly base: Value;
  readonly map: LinearMap;
  /** How many reads of the base go into this and into nothing else. */
  readonly uses: number;
  /**
   * True: what lies between has other readers too, so that nothing is saved but in a sum that reads the base
   * anyway.
   */
  readonly shared: boolean;
  /** The work of computing it from its base as one layer. */
  readonly own: Work;
  /** The least work of computing it from its base, as one layer or as several. */
  readonly floor: Work;
  /** True if maps of different groups went into it, so that its weights may hold zeros. */
  readonly mixed: boolean;
  /**
   * At the end of a unit: all of it, which its surroundings meet as one layer, although by itself it may stay
   * as it is; or a part of it, with which nothing outside is merged that would hold more weights then.
   */
  readonly unit: "whole" | "part" | undefined;
  /** Why it does not reach beyond its base; undefined: nothing was refused there. */
  readonly stop: string | undefined;
  /**
   * Why it is not to be used by itself, although it is exact; a sum that it is added in may still merge it.
   */
  readonly refusal: string | undefined;
}

/** A value that linear nodes make. */
export interface Made {
  /** As one map, nearest base first. */
  readonly candidates: readonly Candidate[];
  /** What it is to be computed by: the sum of these. Undefined: as its node says. */
  readonly chosen: readonly Candidate[] | undefined;
  /** The best single candidate, its own node's included. */
  readonly best: Candidate | undefined;
  /** What is added, where it is a sum over several bases. */
  readonly terms: readonly Candidate[] | undefined;
  /** The work of computing it from what is computed anyway. */
  readonly total: Work;
  /** Of a sum or a concatenation: why it is not one convolution. */
  readonly why?: string | undefined;
  /** Where it is to be had by having another value hold something else. */
  readonly ahead?: Ahead | undefined;
}

/** A factor that is done before what it stood behind. */
export interface Ahead {
  /** What it is done to instead. */
  readonly value: Value;
  /** What that is to be computed by then: the sum of these. */
  readonly chosen: readonly Candidate[];
  /** What stands between, and is computed as before of what has the factor now. */
  readonly between: readonly Value[];
}

/** A value as it would be if a node read another value. */
export interface Moved {
  /** What it is computed as: this value, in whose place it stands. */
  readonly through: Value;
  /** The node that reads another value then, and that value, which may be a moved one in its turn. */
  readonly reader: Node;
  readonly reads: Value;
  readonly facts: BaseFacts;
  /** What the node may read from then on, and nothing else; undefined: what it took before. */
  readonly narrowed?: ImageForm | undefined;
  /** The work of computing it, with that of everything that is computed for it alone. */
  readonly total: Work;
}

/** What is looked for. */
export interface Aims {
  readonly growth: Growth;
  /** Why a convolution of this form cannot stand in the network; undefined: it can. */
  readonly refuse: (form: LinearForm) => string | undefined;
  readonly units?: ReadonlyMap<Value, readonly Value[]> | undefined;
  readonly factors?: boolean | undefined;
  readonly movesAhead?: boolean | undefined;
}

/** Runs a merge; gives the reason where it is refused. */
export function attempted<T extends object>(merge: () => T): T | string {
  return unlessThrown(FusionError, merge, ({ rule }) => rule);
}
