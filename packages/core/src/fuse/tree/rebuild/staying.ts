import type { Node, Value } from "../../../graph/graph.js";
import { joiningOf } from "../../../nn/joining.js";
import { Identity } from "../../../nn/layers/identity.js";
import { type Module, rebuilt } from "../../../nn/module.js";
import { ImagesFlatten } from "../exact-axes.js";
import { isSomething, type Place } from "../lower.js";
import { isLeftOver, leftOver } from "./left-over.js";
import type { Step } from "./module-of-steps.js";
import type { Last, Walk } from "./walk.js";

/** Keeps what is computed as its node says, with its names, whatever became of what is around it. */
export class Staying {
  readonly #walk: Walk;

  constructor(walk: Walk) {
    this.#walk = walk;
  }

  /** A value that is computed as its node says. */
  last(place: Place, value: Value): Last {
    const { where, layers } = this.#walk;
    if (place.parts.length === 0) {
      if (where.readBy(place.node as Node) !== place.input) throw layers.failure(value);
      if (!where.exists(value)) throw layers.failure(value);
      layers.claim(value);
      return {
        entry: place.input,
        steps: [{ name: place.name, module: this.#walk.inside(place), fused: false }],
      };
    }
    if (joiningOf(place.module) === "sequence") return this.#inSequence(place, value);
    if (value !== place.output) {
      const part = this.#walk.partOf(place, value);
      return { entry: part.input, steps: this.#walk.value(part, value) };
    }
    // Where the wires end in a child, or in a sum of one branch, that computes the value, and claims it.
    if (place.node?.outputs[0] === value) layers.claim(value);
    return this.composed(place, (part) => {
      if (part.output !== place.input && !where.exists(part.output)) throw layers.failure(part.output);
      return this.#walk.module(part);
    });
  }

  /** A composition with what its children have become. */
  composed(place: Place, child: (part: Place) => Module): Last {
    const children = new Map<string, Module>();
    for (const part of place.parts) {
      const module = child(part);
      const known = children.get(part.name);
      if (known !== undefined && known !== module) throw this.#walk.layers.failure(part.output);
      children.set(part.name, module);
    }
    const changed = [...children].filter(([name, module]) => place.module.children().get(name) !== module);
    const module = changed.length === 0 ? place.module : rebuilt(place.module, new Map(), new Map(changed));
    if (isLeftOver(place.module)) leftOver(module);
    return { entry: place.input, steps: [{ name: place.name, module, fused: false }] };
  }

  #inSequence(place: Place, value: Value): Last {
    const walk = this.#walk;
    const { where } = walk;
    const at = where.indexOf(place, value);
    const part = walk.given(walk.partOf(place, value));
    const rewired = part.node && where.rewired(part.node);
    const entry = rewired ?? part.input;
    const from = entry === place.input ? -1 : where.indexOf(place, entry);
    const between = place.parts.slice(from + 1, at);
    // What does nothing stays where it stood, unless it was part of what was fused.
    const idle = where.termsOf(entry) !== undefined ? [] : between.filter((one) => !isSomething(one));
    const kept = rewired === undefined ? idle.map((one) => walk.step(one, [])) : [];
    // Where the layers stood that moved behind this one; inside a part, that says it itself.
    const isInside = from >= 0 && from < at && place.parts[from]?.output !== entry;
    const moved = rewired === undefined || isInside ? undefined : between.find(isSomething);
    const idles = moved === undefined ? [] : [{ name: moved.name, module: new Identity(), fused: false }];
    const steps = rewired === undefined ? walk.value(part, value) : this.#asItIs(part, value);
    return { entry, steps: [...kept, ...idles, walk.step(part, steps, value)] };
  }

  /** A layer that reads another value than it did. */
  #asItIs(part: Place, value: Value): readonly Step[] {
    if (part.parts.length > 0 || value !== part.output) throw this.#walk.layers.failure(value);
    this.#walk.layers.claim(value);
    const images = this.#walk.where.narrowed(part.node as Node);
    const module = images === undefined ? this.#walk.inside(part) : new ImagesFlatten(images);
    return [{ name: part.name, module, fused: false }];
  }
}
