import type { Value } from "../../../graph/graph.js";
import type { Module } from "../../../nn/module.js";
import type { Place } from "../lower.js";
import type { MadeLayers } from "./made-layers.js";
import type { ModulesOfSteps, Step } from "./module-of-steps.js";
import type { Whereabouts } from "./whereabouts.js";

/** The last steps to a value, and the value in the same place that they begin with. */
export interface Last {
  readonly entry: Value;
  readonly steps: readonly Step[];
}

/** The walk through a tree, from its end to its beginning, as what is met on it continues it. */
export interface Walk {
  readonly where: Whereabouts;
  readonly layers: MadeLayers;
  readonly modules: ModulesOfSteps;
  /** What stands in the place of a layer that stays. */
  readonly inside: (place: Place) => Module;
  /** What stands in a place now, computing all that it computed. */
  module(place: Place): Module;
  /**
   * How a value that is made in a place is computed from the place's input: from its end to its beginning,
   * which can be far.
   */
  value(place: Place, value: Value): readonly Step[];
  /** All steps to a value of which the last ones are known. */
  whole(place: Place, last: Last): readonly Step[];
  /** A part as one step. @param value what the steps compute, where that may be less than the whole part */
  step(part: Place, steps: readonly Step[], value?: Value): Step;
  /** The part of a place in which a value is made. @throws {Inexpressible} if it is in none */
  partOf(place: Place, value: Value): Place;
  /**
   * A sequence whose first layers were fused with what stands before it, without them: it is given what they
   * give.
   */
  given(part: Place): Place;
  /** A composition with what its children have become. */
  composed(place: Place, child: (part: Place) => Module): Last;
}
