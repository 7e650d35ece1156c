import type { Value } from "../../../graph/graph.js";
import { joiningOf } from "../../../nn/joining.js";
import { Identity } from "../../../nn/layers/identity.js";
import type { Module } from "../../../nn/module.js";
import type { FusedGraph, FusedTerm } from "../../graph/fuse-graph.js";
import { isSomething, type Lowered, type Place } from "../lower.js";
import { type Made, MadeLayers } from "./made-layers.js";
import { ModulesOfSteps, type Step } from "./module-of-steps.js";
import { Staying } from "./staying.js";
import { Terms } from "./terms.js";
import type { Last, Walk } from "./walk.js";
import { Whereabouts } from "./whereabouts.js";

/** A tree that computes a fused graph. */
export interface Rebuilt {
  readonly module: Module;
  /** By value that was replaced: what computes it. */
  readonly made: ReadonlyMap<Value, Made>;
}

/**
 * Makes the tree of a fused graph: it follows the old tree from its end to its beginning, keeps what stays
 * with its names, and puts each fused layer where its region begins.
 * @param layerOf the layer of a term that is not its base itself; what it refuses stays as it is
 * @param inside what stands in the place of a layer that stays
 * @throws {Inexpressible} where a tree cannot say it: the caller has that value computed as its node says,
 *   and tries again
 */
export function rebuild(
  lowered: Lowered,
  fused: FusedGraph,
  layerOf: (term: FusedTerm) => Module,
  inside: (place: Place) => Module,
): Rebuilt {
  const layers = new MadeLayers(layerOf);
  const rebuilding = new Rebuilding(new Whereabouts(lowered.graph, fused), layers, inside);
  return { module: rebuilding.module(lowered.root), made: layers.made };
}

class Rebuilding implements Walk {
  readonly where: Whereabouts;
  readonly layers: MadeLayers;
  readonly modules: ModulesOfSteps = new ModulesOfSteps();
  readonly inside: (place: Place) => Module;
  readonly #terms: Terms;
  readonly #staying: Staying;

  constructor(where: Whereabouts, layers: MadeLayers, inside: (place: Place) => Module) {
    this.where = where;
    this.layers = layers;
    this.inside = inside;
    this.#terms = new Terms(this);
    this.#staying = new Staying(this);
  }

  module(place: Place): Module {
    return this.modules.in(place, this.value(place, place.output));
  }

  value(place: Place, value: Value): readonly Step[] {
    return this.layers.within(() => {
      const found: (readonly Step[])[] = [];
      for (let at = value; at !== place.input; ) {
        const { entry, steps } = this.#last(place, at);
        found.push(steps);
        at = entry;
      }
      return found.reverse().flat();
    });
  }

  whole(place: Place, { entry, steps }: Last): readonly Step[] {
    return [...this.value(place, entry), ...steps];
  }

  step(part: Place, steps: readonly Step[], value: Value = part.output): Step {
    const module = this.modules.in(part, value === part.output ? steps : cutOff(part, steps, value));
    return {
      name: part.name,
      module,
      fused: steps.length === 1 && (steps[0] as Step).fused && module === steps[0]?.module,
    };
  }

  partOf(place: Place, value: Value): Place {
    const part = place.parts[this.where.indexOf(place, value)];
    if (part === undefined) throw this.layers.failure(value);
    return part;
  }

  given(part: Place): Place {
    if (this.where.exists(part.input) || joiningOf(part.module) !== "sequence") return part;
    const at = part.parts.findIndex(({ output }) =>
      this.where.termsOf(output)?.every(({ base }) => !this.where.isIn(base, part)),
    );
    const last = part.parts[at];
    if (last === undefined) return part;
    return { ...part, input: last.output, parts: part.parts.slice(at + 1), first: last.end };
  }

  composed(place: Place, child: (part: Place) => Module): Last {
    return this.#staying.composed(place, child);
  }

  #last(place: Place, value: Value): Last {
    if (!this.where.isIn(value, place)) throw this.layers.failure(value);
    const terms = this.where.termsOf(value);
    if (terms === undefined) return this.#staying.last(place, value);
    const inner =
      joiningOf(place.module) === "sequence" ? place.parts[this.where.indexOf(place, value)] : undefined;
    const isInner = inner !== undefined && value !== inner.output;
    if (isInner && terms.every(({ base }) => base === inner.input || this.where.isIn(base, inner)))
      return { entry: inner.input, steps: [this.step(inner, this.value(inner, value), value)] };
    this.layers.begin(value);
    const last = this.#terms.sum(place, terms);
    const made = last.steps.at(-1);
    if (made !== undefined) this.layers.finish(made.module);
    return last;
  }
}

/** A sequence whose last layers moved elsewhere: an `Identity` stands where they did. */
function cutOff(part: Place, steps: readonly Step[], value: Value): readonly Step[] {
  const last = part.parts.find(({ output }) => output === value);
  const next = last && part.parts.find((one) => one.first >= last.end && isSomething(one));
  return next === undefined ? steps : [...steps, { name: next.name, module: new Identity(), fused: false }];
}
