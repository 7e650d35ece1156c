import { FusionError, unlessThrown } from "../../errors.js";
import type { Node, Value } from "../../graph/graph.js";
import { joiningOf } from "../../nn/joining.js";
import { Identity } from "../../nn/layers/identity.js";
import { Sum } from "../../nn/layers/sum.js";
import { type Module, rebuilt } from "../../nn/module.js";
import type { FusedConvolution, FusedGraph, FusedTerm } from "../graph/fuse-graph.js";
import { Inexpressible } from "./inexpressible.js";
import { isLeftOver, leftOver } from "./left-over.js";
import { isSomething, type Lowered, type Place } from "./lower.js";
import { ModulesOfSteps, type Step } from "./module-of-steps.js";
import { sameModule } from "./same-module.js";
import { Whereabouts } from "./whereabouts.js";

/** The last steps to a value, and the value in the same place that they begin with. */
interface Last {
  readonly entry: Value;
  readonly steps: readonly Step[];
}

/** A tree that computes a fused graph. */
export interface Rebuilt {
  readonly module: Module;
  /** By value that was replaced: what computes it. */
  readonly layers: ReadonlyMap<Value, Module>;
}

/**
 * Makes the tree of a fused graph: it follows the old tree from its end to its beginning, keeps what stays with its names, and puts each fused
 * layer where its region begins.
 * @param layerOf the layer of a convolution; what it refuses stays as it is
 * @param inside what stands in the place of a layer that stays
 * @throws {Inexpressible} where a tree cannot say it: the caller has that value computed as its node says, and tries again
 */
export function rebuild(
  lowered: Lowered,
  fused: FusedGraph,
  layerOf: (convolution: FusedConvolution) => Module,
  inside: (place: Place) => Module,
): Rebuilt {
  const rebuilding = new Rebuilding(lowered, fused, layerOf, inside);
  return { module: rebuilding.whole(lowered.root), layers: rebuilding.layers };
}

class Rebuilding {
  readonly layers: Map<Value, Module> = new Map();
  readonly #where: Whereabouts;
  readonly #modules: ModulesOfSteps = new ModulesOfSteps();
  readonly #layerOf: (convolution: FusedConvolution) => Module;
  readonly #inside: (place: Place) => Module;
  readonly #built = new Set<Value>();
  readonly #alike = new Map<string, readonly Module[]>();
  /** The replaced values whose terms are being built, the innermost last. */
  readonly #open: Value[] = [];

  constructor(
    { graph }: Lowered,
    fused: FusedGraph,
    layerOf: (convolution: FusedConvolution) => Module,
    inside: (place: Place) => Module,
  ) {
    this.#inside = inside;
    this.#where = new Whereabouts(graph, fused);
    this.#layerOf = layerOf;
  }

  /** What stands in a place now, computing all that it computed. */
  whole(place: Place): Module {
    return this.#modules.in(place, this.#value(place, place.output));
  }

  /** How a value that is made in a place is computed from the place's input: from its end to its beginning, which can be far. */
  #value(place: Place, value: Value): readonly Step[] {
    const open = this.#open.length;
    const found: (readonly Step[])[] = [];
    for (let at = value; at !== place.input; ) {
      const { entry, steps } = this.#last(place, at);
      found.push(steps);
      at = entry;
    }
    this.#open.length = open;
    return found.reverse().flat();
  }

  /** All steps to a value of which the last ones are known. */
  #whole(place: Place, { entry, steps }: Last): readonly Step[] {
    return [...this.#value(place, entry), ...steps];
  }

  #last(place: Place, value: Value): Last {
    if (!this.#where.isIn(value, place)) throw this.#failure(value);
    const terms = this.#where.termsOf(value);
    if (terms === undefined) return this.#live(place, value);
    const inner =
      joiningOf(place.module) === "sequence" ? place.parts[this.#where.indexOf(place, value)] : undefined;
    const isInner = inner !== undefined && value !== inner.output;
    if (isInner && terms.every(({ base }) => base === inner.input || this.#where.isIn(base, inner)))
      return { entry: inner.input, steps: [this.#step(inner, this.#value(inner, value), value)] };
    this.#claim(value);
    this.#open.push(value);
    const last = this.#sum(place, terms);
    const made = last.steps.at(-1);
    if (made !== undefined) this.layers.set(value, made.module);
    return last;
  }

  /** The sum of some convolutions of values. */
  #sum(place: Place, terms: readonly FusedTerm[]): Last {
    const [only, ...others] = terms as readonly [FusedTerm, ...FusedTerm[]];
    if (others.length === 0) return this.#term(place, only);
    if (joiningOf(place.module) === "sequence") {
      const holds = (part: Place, base: Value): boolean =>
        base === part.input || this.#where.isIn(base, part);
      const found =
        place.parts.find((one) => terms.every(({ base }) => base !== one.output && holds(one, base))) ??
        place.parts.find((one) => terms.every(({ base }) => holds(one, base)));
      if (found === undefined) throw this.#failure();
      const part = this.#given(found);
      return { entry: part.input, steps: [this.#step(part, this.#whole(part, this.#sum(part, terms)))] };
    }
    const groups = this.#byPart(place, terms);
    const [first] = groups;
    if (first?.part !== undefined && groups.length === 1)
      return { entry: place.input, steps: this.#whole(first.part, this.#sum(first.part, terms)) };
    const names = place.parts.map(({ name }) => name);
    const free = place.parts.filter((part) => !groups.some((group) => group.part === part));
    const branches = groups.map(({ part, terms: some }): readonly [string, Module] => {
      if (part !== undefined)
        return [part.name, this.#modules.in(part, this.#whole(part, this.#sum(part, some)))];
      const [{ convolution }] = some as [FusedTerm];
      const module = convolution === undefined ? new Identity() : this.#layer(convolution);
      return [free.shift()?.name ?? unusedName(names), module];
    });
    const step = { name: place.name, module: leftOver(new Sum(Object.fromEntries(branches))), fused: true };
    return { entry: place.input, steps: [step] };
  }

  /** Terms by the branch that their base is in; a convolution of the input is a branch of its own. */
  #byPart(
    place: Place,
    terms: readonly FusedTerm[],
  ): readonly { readonly part: Place | undefined; readonly terms: readonly FusedTerm[] }[] {
    const groups: { part: Place | undefined; terms: FusedTerm[] }[] = [];
    for (const term of terms) {
      const part = term.base === place.input ? undefined : this.#partOf(place, term.base);
      if (part !== undefined && part.input !== place.input) throw this.#failure();
      const known = part && groups.find((group) => group.part === part);
      if (known === undefined) groups.push({ part, terms: [term] });
      else known.terms.push(term);
    }
    return groups;
  }

  /** One convolution of a value, or the value itself. */
  #term(place: Place, term: FusedTerm): Last {
    const { base, convolution } = term;
    if (convolution === undefined) return { entry: base, steps: [] };
    const layer = (name: string): Step => ({ name, module: this.#layer(convolution), fused: true });
    if (base === place.input)
      return { entry: base, steps: [layer(place.parts.find(isSomething)?.name ?? place.name)] };
    const end = this.#endOf(place);
    if (end !== undefined && (base === end.input || this.#where.isIn(base, end)))
      return this.#composed(place, (part) =>
        part === end ? this.#modules.in(part, this.#whole(part, this.#term(part, term))) : this.whole(part),
      );
    const part = this.#given(this.#partOf(place, base));
    const { input: entry } = part;
    const inside = base !== part.output;
    if (joiningOf(place.module) !== "sequence") {
      const steps = inside
        ? this.#whole(part, this.#term(part, term))
        : [...this.#value(part, base), layer(place.name)];
      return { entry, steps };
    }
    if (inside) return { entry, steps: [this.#step(part, this.#whole(part, this.#term(part, term)))] };
    // The layer stands for what comes next.
    const next = place.parts.find((one) => one.first >= part.end && isSomething(one));
    return { entry, steps: [this.#step(part, this.#value(part, base)), layer(next?.name ?? part.name)] };
  }

  /** The child in which a composition's wires end, where it reads what other wires bring together before it. */
  #endOf({ parts, input, output, node }: Place): Place | undefined {
    const end = parts.at(-1);
    const readsMeeting = node !== undefined && node.outputs[0] === end?.input && end?.input !== input;
    return readsMeeting && end?.output === output ? end : undefined;
  }

  /** A value that is computed as its node says. */
  #live(place: Place, value: Value): Last {
    if (place.parts.length === 0) {
      if (this.#where.readBy(place.node as Node) !== place.input) throw this.#failure(value);
      if (!this.#where.exists(value)) throw this.#failure(value);
      this.#claim(value);
      return {
        entry: place.input,
        steps: [{ name: place.name, module: this.#inside(place), fused: false }],
      };
    }
    if (joiningOf(place.module) === "sequence") return this.#liveInSequence(place, value);
    if (value !== place.output) {
      const part = this.#partOf(place, value);
      return { entry: part.input, steps: this.#value(part, value) };
    }
    // Where the wires end in a child, or in a sum of one branch, that computes the value, and claims it.
    if (place.node?.outputs[0] === value) this.#claim(value);
    return this.#composed(place, (part) => {
      if (part.output !== place.input && !this.#where.exists(part.output)) throw this.#failure(part.output);
      return this.whole(part);
    });
  }

  /** A composition with what its children have become. */
  #composed(place: Place, child: (part: Place) => Module): Last {
    const children = new Map<string, Module>();
    for (const part of place.parts) {
      const module = child(part);
      const known = children.get(part.name);
      if (known !== undefined && known !== module) throw this.#failure(part.output);
      children.set(part.name, module);
    }
    const changed = [...children].filter(([name, module]) => place.module.children().get(name) !== module);
    const module = changed.length === 0 ? place.module : rebuilt(place.module, new Map(), new Map(changed));
    if (isLeftOver(place.module)) leftOver(module);
    return { entry: place.input, steps: [{ name: place.name, module, fused: false }] };
  }

  #liveInSequence(place: Place, value: Value): Last {
    const at = this.#where.indexOf(place, value);
    const part = this.#given(this.#partOf(place, value));
    const rewired = part.node && this.#where.rewired(part.node);
    const entry = rewired ?? part.input;
    const from = entry === place.input ? -1 : this.#where.indexOf(place, entry);
    const between = place.parts.slice(from + 1, at);
    // What does nothing stays where it stood, unless it was part of what was fused.
    const idle = this.#where.termsOf(entry) !== undefined ? [] : between.filter((one) => !isSomething(one));
    const kept = rewired === undefined ? idle.map((one) => this.#step(one, [])) : [];
    // Where the layers stood that moved behind this one; inside a part, that says it itself.
    const isInside = from >= 0 && from < at && place.parts[from]?.output !== entry;
    const moved = rewired === undefined || isInside ? undefined : between.find(isSomething);
    const idles = moved === undefined ? [] : [{ name: moved.name, module: new Identity(), fused: false }];
    const steps = rewired === undefined ? this.#value(part, value) : this.#asItIs(part, value);
    return { entry, steps: [...kept, ...idles, this.#step(part, steps, value)] };
  }

  /** A sequence whose first layers were fused with what stands before it, without them: it is given what they give. */
  #given(part: Place): Place {
    if (this.#where.exists(part.input) || joiningOf(part.module) !== "sequence") return part;
    const at = part.parts.findIndex(({ output }) =>
      this.#where.termsOf(output)?.every(({ base }) => !this.#where.isIn(base, part)),
    );
    const last = part.parts[at];
    if (last === undefined) return part;
    return { ...part, input: last.output, parts: part.parts.slice(at + 1), first: last.end };
  }

  /** A layer that reads another value than it did. */
  #asItIs(part: Place, value: Value): readonly Step[] {
    if (part.parts.length > 0 || value !== part.output) throw this.#failure(value);
    this.#claim(value);
    return [{ name: part.name, module: this.#inside(part), fused: false }];
  }

  /** @param value what the steps compute, where that may be less than the whole part */
  #step(part: Place, steps: readonly Step[], value: Value = part.output): Step {
    const module = this.#modules.in(part, value === part.output ? steps : this.#cutOff(part, steps, value));
    return {
      name: part.name,
      module,
      fused: steps.length === 1 && (steps[0] as Step).fused && module === steps[0]?.module,
    };
  }

  /** A sequence whose last layers moved elsewhere: an `Identity` stands where they did. */
  #cutOff(part: Place, steps: readonly Step[], value: Value): readonly Step[] {
    const last = part.parts.find(({ output }) => output === value);
    const next = last && part.parts.find((one) => one.first >= last.end && isSomething(one));
    return next === undefined ? steps : [...steps, { name: next.name, module: new Identity(), fused: false }];
  }

  /** Each value is computed once: a tree has no wire that leads to two places. */
  #claim(value: Value): void {
    if (this.#built.has(value)) throw this.#failure(value);
    this.#built.add(value);
  }

  #layer(convolution: FusedConvolution): Module {
    const layer = unlessThrown(
      FusionError,
      () => this.#layerOf(convolution),
      ({ rule }) => {
        throw new Inexpressible(this.#open.at(-1) as Value, rule);
      },
    );
    const alike = this.#alike.get(String(layer)) ?? [];
    // What is used in two places is one layer in both.
    const known = alike.find((other) => sameModule(other, layer));
    if (known === undefined) this.#alike.set(String(layer), [...alike, layer]);
    return known ?? layer;
  }

  #partOf(place: Place, value: Value): Place {
    const part = place.parts[this.#where.indexOf(place, value)];
    if (part === undefined) throw this.#failure(value);
    return part;
  }

  #failure(value?: Value): Inexpressible {
    return new Inexpressible(this.#open.at(-1) ?? (value as Value));
  }
}

/** The first number that is nobody's name, which is one then. */
function unusedName(names: string[]): string {
  let number = names.length;
  while (names.includes(String(number))) number++;
  names.push(String(number));
  return String(number);
}
