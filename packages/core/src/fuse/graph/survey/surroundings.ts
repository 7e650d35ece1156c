import type { Facts } from "../../../graph/facts.js";
import type { Value } from "../../../graph/graph.js";
import type { Shape } from "../../../graph/shapes.js";
import { type BaseFacts, unknownAxes, unknownChannels } from "../maps/combine-maps.js";
import { isIdentity, type LinearMap, type ScalarMap } from "../maps/linear-map.js";
import {
  behind,
  compareWork,
  exceeds,
  type Growth,
  lesser,
  noWork,
  plus,
  type Work,
  workOfMap,
} from "../maps/work.js";
import type { Aims, Candidate, Made, Moved } from "./candidate.js";
import { growthByZeros, growthOf, noLayer } from "./refused-maps.js";
import type { Wires } from "./wires.js";

/** At most this many candidates are kept for a value. */
const mostCandidates = 4;

/** What everything that looks for candidates has in common. */
export class Surroundings {
  readonly wires: Wires;
  readonly made: Map<Value, Made> = new Map();
  /** Values that would be there if what stands before a pooling were moved behind it. */
  readonly moved: Map<Value, Moved> = new Map();
  readonly growth: Growth;
  /** Whether values may hold something else so that one behind them need not be computed. */
  readonly movesAhead: boolean;
  /** Whether a factor for all channels is a layer on any value. */
  readonly #hasFactors: boolean;
  readonly #facts: Facts;
  readonly #shapes: ReadonlyMap<Value, Shape>;
  readonly #units: ReadonlyMap<Value, readonly Value[]>;
  readonly #starts: ReadonlySet<Value>;
  readonly #refuse: Aims["refuse"];

  /** @param shapes of values, where fusing for given sizes is asked for */
  constructor(wires: Wires, facts: Facts, shapes: ReadonlyMap<Value, Shape>, aims: Aims) {
    const { growth, refuse, units = new Map(), factors = false, movesAhead = false } = aims;
    this.wires = wires;
    this.growth = growth;
    this.movesAhead = movesAhead;
    this.#hasFactors = factors;
    this.#facts = facts;
    this.#shapes = shapes;
    this.#refuse = refuse;
    this.#units = units;
    this.#starts = new Set([...units.values()].flat());
  }

  baseFacts(base: Value): BaseFacts {
    const moved = this.moved.get(base);
    if (moved !== undefined) return moved.facts;
    const shape = this.#shapes.get(base);
    return { channels: this.#facts.channels(base), rank: this.#facts.rank(base), shape };
  }

  /** What the units read that give this value, that of the innermost first. */
  unitsTo(output: Value): readonly Value[] {
    return this.#units.get(output) ?? [];
  }

  /** True if a unit reads this value. */
  startsUnit(value: Value): boolean {
    return this.#starts.has(value);
  }

  order(base: Value): number {
    return this.wires.order(this.moved.get(base)?.through ?? base);
  }

  /** True if a candidate has all reads of its base, so that the base need not exist without it. */
  ownsBase({ base, uses }: Candidate): boolean {
    return uses > 0 && uses === this.wires.reads(base);
  }

  /**
   * The work of a candidate, as one layer if it may be one, together with what its base takes for it alone.
   */
  total(candidate: Candidate): Work {
    const { base, map, refusal } = candidate;
    const alone = this.ownsBase(candidate) ? this.made.get(base)?.total : this.moved.get(base)?.total;
    return plus(refusal === undefined ? candidate.own : candidate.floor, behind(alone ?? noWork, map));
  }

  /** The value as it is. */
  asItIs(base: Value, map: LinearMap): Candidate {
    return {
      base,
      map,
      uses: 1,
      shared: false,
      stop: undefined,
      own: noWork,
      floor: noWork,
      mixed: false,
      unit: undefined,
      refusal: undefined,
    };
  }

  /** The ways to have a value that a reader may build on. */
  waysTo(value: Value): readonly Candidate[] {
    const made = this.made.get(value);
    if (made === undefined) return [];
    if (this.wires.reads(value) === 1) return made.candidates;
    // What it would be a map of holds something else then.
    if (made.ahead !== undefined) return [];
    // The value is computed anyway, and what it is computed from exists: a sum may read that too.
    const [chosen, ...others] = made.chosen ?? (made.best === undefined ? [] : [made.best]);
    return chosen === undefined || others.length > 0
      ? []
      : [{ ...chosen, uses: 0, shared: true, own: noWork, floor: noWork }];
  }

  /**
   * A candidate that several were merged into.
   * @param apart the least that they take unmerged
   * @param parts what they take as one layer each
   * @param crosses whether they are not of one unit
   */
  candidate(
    merged: Omit<Candidate, "own" | "floor" | "refusal">,
    apart: Work,
    parts: Work,
    crosses = false,
  ): Candidate {
    const own = workOfMap(merged.map, this.baseFacts(merged.base).channels);
    const refusal = this.#refusal(merged, own, apart, parts, crosses);
    const floor = refusal === undefined ? { ...lesser(own, apart), layers: own.layers } : apart;
    return { ...merged, own, floor, refusal };
  }

  /**
   * Several candidates of one base that were merged into one map. Those whose values others read as well save
   * nothing.
   */
  candidateOf(base: Value, map: LinearMap, parts: readonly Candidate[], mixed: boolean): Candidate {
    const owned = parts.every((part) => part.uses > 0);
    const uses = owned ? parts.reduce((sum, part) => sum + part.uses, 0) : 0;
    const shared = parts.some((part) => part.shared);
    const stop = parts.find((part) => part.stop !== undefined)?.stop;
    const merged = this.candidate(
      { base, map, uses, mixed, shared, stop, unit: undefined },
      plus(...parts.map((part) => part.floor)),
      plus(...parts.map((part) => part.own)),
    );
    return { ...merged, shared: parts.every((part) => part.shared) };
  }

  #refusal(
    { map, base, mixed, shared }: Omit<Candidate, "own" | "floor" | "refusal">,
    own: Work,
    apart: Work,
    parts: Work,
    crosses: boolean,
  ): string | undefined {
    const impossible =
      map.kind === "scalar" ? this.#noFactor(map, base) : (noLayer(map.form) ?? this.#refuse(map.form));
    if (impossible !== undefined) return impossible;
    if (this.growth === "none" || shared) return exceeds(own, apart) ? growthOf(own, apart) : undefined;
    if (own.weights <= parts.weights) return undefined;
    if (mixed) return growthByZeros(own, parts);
    return crosses ? growthOf(own, parts) : undefined;
  }

  /** Whether a map is a factor for all channels that is a layer on any value. */
  isFactor(map: LinearMap): map is ScalarMap {
    return this.#hasFactors && map.kind === "scalar" && map.shift === 0;
  }

  /** Why a factor and a shift for all channels are no layer: they become one a channel. */
  #noFactor(map: ScalarMap, base: Value): string | undefined {
    const { channels, rank } = this.baseFacts(base);
    if (isIdentity(map) || this.isFactor(map)) return undefined;
    if (channels === undefined) return unknownChannels;
    return rank === undefined ? unknownAxes : undefined;
  }

  /**
   * At most `mostCandidates` candidates: the nearest, the deepest, and the best of the others; of one base
   * the one that takes least.
   */
  few(candidates: readonly Candidate[]): readonly Candidate[] {
    const byBase = new Map<Value, Candidate>();
    for (const candidate of candidates) {
      const known = byBase.get(candidate.base);
      if (known === undefined || isPreferred(candidate, known)) byBase.set(candidate.base, candidate);
    }
    const all = [...byBase.values()].sort((a, b) => this.order(b.base) - this.order(a.base));
    if (all.length <= mostCandidates) return all;
    const [nearest, deepest] = [all[0] as Candidate, all.at(-1) as Candidate];
    const best = all
      .slice(1, -1)
      .sort((a, b) => compareWork(this.total(a), this.total(b)))
      .slice(0, mostCandidates - 2);
    return all.filter(
      (candidate) => candidate === nearest || candidate === deepest || best.includes(candidate),
    );
  }

  /** The better of two, where the second is nearer; undefined candidates count for nothing. */
  better(deeper: Candidate, nearer: Candidate): boolean {
    if (deeper.refusal !== undefined || deeper.shared) return false;
    const [a, b] = [this.total(deeper), this.total(nearer)];
    return compareWork(a, b) < 0 && (this.growth === "any" || !exceeds(a, b));
  }
}

/** Of one base: what owns all that lies between before what leaves it to others, then what takes less. */
function isPreferred(candidate: Candidate, known: Candidate): boolean {
  if (candidate.shared !== known.shared) return known.shared;
  return compareWork(candidate.floor, known.floor) < 0;
}
