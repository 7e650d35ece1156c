import { joiningOf } from "../../../nn/joining.js";
import { Identity } from "../../../nn/layers/identity.js";
import { Sequential } from "../../../nn/layers/sequential.js";
import type { Module } from "../../../nn/module.js";
import { isSomething, type Place } from "../lower.js";
import { leftOver } from "./left-over.js";
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
  return leftOver(new Sequential(named(steps)));
}

/**
 * By name: what stands behind the last module of a sequence has that one's name as well, and gets the next
 * number instead, or the name and a number. Numbered where an object would bring these names into another
 * order: it puts whole numbers first.
 */
function named(steps: readonly Step[]): Readonly<Record<string, Module>> | readonly Module[] {
  const names: string[] = [];
  const taken = new Set<string>();
  for (const { name } of steps) {
    const own = taken.has(name) ? unused(name, names, steps) : name;
    taken.add(own);
    names.push(own);
  }
  const modules = Object.fromEntries(names.map((name, i) => [name, (steps[i] as Step).module]));
  const isInOrder = Object.keys(modules).every((name, i) => name === names[i]);
  return isInOrder ? modules : steps.map(({ module }) => module);
}

function unused(name: string, names: readonly string[], steps: readonly Step[]): string {
  const taken = new Set([...names, ...steps.map((step) => step.name)]);
  const next = /^\d+$/.test(name) ? (number: number) => String(Number(name) + number) : undefined;
  const behind = next ?? ((number: number) => `${name}_${number}`);
  let number = 1;
  while (taken.has(behind(number))) number++;
  return behind(number);
}
