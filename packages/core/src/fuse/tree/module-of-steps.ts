import { joiningOf } from "../../nn/joining.js";
import { Identity } from "../../nn/layers/identity.js";
import { Sequential } from "../../nn/layers/sequential.js";
import type { Module } from "../../nn/module.js";
import { leftOver } from "./left-over.js";
import { isSomething, type Place } from "./lower.js";
import { sameModule } from "./same-module.js";

/** A module in a sequence that is being made. */
export interface Step {
  readonly name: string;
  readonly module: Module;
  /** True for a layer that stands for what was fused. */
  readonly fused: boolean;
}

/** Makes modules of the steps that stand in places. */
export class ModulesOfSteps {
  readonly #results = new Map<Module, Module>();

  /** The steps that stand in a place, as one module; the place's own where nothing has changed. */
  in(place: Place, steps: readonly Step[]): Module {
    const module = moduleOf(place, steps);
    if (module === place.module) return module;
    // What a module in two places became is in two places too.
    const known = this.#results.get(place.module);
    if (known !== undefined && sameModule(known, module)) return known;
    this.#results.set(place.module, module);
    return module;
  }
}

function moduleOf(place: Place, steps: readonly Step[]): Module {
  const [only] = steps;
  if (only === undefined) return isSomething(place) ? new Identity() : place.module;
  if (joiningOf(place.module) !== "sequence") {
    if (steps.length === 1) return only.module;
    return leftOver(new Sequential(steps.map(({ module }) => module)));
  }
  const children = [...place.module.children()];
  const isWholePlace = place.parts.length === children.length;
  if (steps.length === 1 && only.fused && isWholePlace) return only.module;
  const stays = (step: Step | undefined, i: number): boolean =>
    step !== undefined && children[i]?.[0] === step.name && children[i]?.[1] === step.module;
  const rest = place.parts.slice(steps.length);
  if (isWholePlace && !rest.some(isSomething) && steps.every(stays)) return place.module;
  return leftOver(new Sequential(Object.fromEntries(steps.map(({ name, module }) => [name, module]))));
}
