import type { Value } from "../../../graph/graph.js";
import { joiningOf } from "../../../nn/joining.js";
import { Identity } from "../../../nn/layers/identity.js";
import type { Module } from "../../../nn/module.js";
import type { FusedTerm } from "../../graph/fuse-graph.js";
import { isSomething, type Place } from "../lower.js";
import type { Step } from "./module-of-steps.js";
import type { Last, Walk } from "./walk.js";

/** Some terms of a sum that have their bases in one branch. */
interface Group {
  /** Undefined: the one term of the group is a convolution of the input, and becomes a branch of its own. */
  readonly part: Place | undefined;
  readonly terms: readonly FusedTerm[];
}

/** Puts the convolutions that a replaced value is the sum of where a tree can hold them. */
export class Terms {
  readonly #walk: Walk;

  constructor(walk: Walk) {
    this.#walk = walk;
  }

  /** The sum of some convolutions of values. */
  sum(place: Place, terms: readonly FusedTerm[]): Last {
    const walk = this.#walk;
    const [only, ...others] = terms as readonly [FusedTerm, ...FusedTerm[]];
    if (others.length === 0) return this.#term(place, only);
    if (joiningOf(place.module) === "sequence") return this.#sumInSequence(place, terms);
    const groups = this.#byPart(place, terms);
    const [first] = groups;
    if (first?.part !== undefined && groups.length === 1)
      return { entry: place.input, steps: walk.whole(first.part, this.sum(first.part, terms)) };
    const names = place.parts.map(({ name }) => name);
    const free = place.parts.filter((part) => !groups.some((group) => group.part === part));
    const branches = groups.map(({ part, terms: some }): readonly [string, Module] => {
      if (part !== undefined)
        return [part.name, walk.modules.in(part, walk.whole(part, this.sum(part, some)))];
      const [term] = some as [FusedTerm];
      const module = isItself(term) ? new Identity() : walk.layers.layer(term);
      return [free.shift()?.name ?? unusedName(names), module];
    });
    return {
      entry: place.input,
      steps: [{ name: place.name, module: walk.layers.sum(branches), fused: true }],
    };
  }

  /** In the part of a sequence that holds all bases. */
  #sumInSequence(place: Place, terms: readonly FusedTerm[]): Last {
    const walk = this.#walk;
    const holds = (part: Place, base: Value): boolean =>
      base === part.input || (base !== part.output && walk.where.isIn(base, part));
    const found = place.parts.find((one) => terms.every(({ base }) => holds(one, base)));
    if (found === undefined) throw walk.layers.failure(place.output);
    const part = walk.given(found);
    return { entry: part.input, steps: [walk.step(part, walk.whole(part, this.sum(part, terms)))] };
  }

  /** Terms by the branch that their base is in; a convolution of the input is a branch of its own. */
  #byPart(place: Place, terms: readonly FusedTerm[]): readonly Group[] {
    const groups: (Group & { readonly terms: FusedTerm[] })[] = [];
    for (const term of terms) {
      const part = term.base === place.input ? undefined : this.#walk.partOf(place, term.base);
      if (part !== undefined && part.input !== place.input) throw this.#walk.layers.failure(term.base);
      const known = part && groups.find((group) => group.part === part);
      if (known === undefined) groups.push({ part, terms: [term] });
      else known.terms.push(term);
    }
    return groups;
  }

  /** One convolution of a value, or the value itself. */
  #term(place: Place, term: FusedTerm): Last {
    const walk = this.#walk;
    const { base } = term;
    if (isItself(term)) return { entry: base, steps: [] };
    const layer = (name: string): Step => ({ name, module: walk.layers.layer(term), fused: true });
    if (base === place.input)
      return { entry: base, steps: [layer(place.parts.find(isSomething)?.name ?? place.name)] };
    const end = endOf(place);
    if (end !== undefined && (base === end.input || walk.where.isIn(base, end)))
      return walk.composed(place, (part) =>
        part === end ? walk.modules.in(part, walk.whole(part, this.#term(part, term))) : walk.module(part),
      );
    const part = walk.given(walk.partOf(place, base));
    const { input: entry } = part;
    const inside = base !== part.output;
    if (joiningOf(place.module) !== "sequence") {
      const steps = inside
        ? walk.whole(part, this.#term(part, term))
        : [...walk.value(part, base), layer(place.name)];
      return { entry, steps };
    }
    if (inside) return { entry, steps: [walk.step(part, walk.whole(part, this.#term(part, term)))] };
    // The layer stands for what comes next.
    const next = place.parts.find((one) => one.first >= part.end && isSomething(one));
    const name = next?.name ?? part.name;
    // A layer that reads another value than it did says itself what stands between the two.
    const isRewired = part.node !== undefined && walk.where.rewired(part.node) !== undefined;
    // Nothing is left of a part whose last layers went into what stands before it.
    if (isRewired || base === entry) return { entry: base, steps: [layer(name)] };
    return { entry, steps: [walk.step(part, walk.value(part, base)), layer(name)] };
  }
}

function isItself({ convolution, factor }: FusedTerm): boolean {
  return convolution === undefined && factor === undefined;
}

/** The child in which a composition's wires end, where it reads what other wires bring together before it. */
function endOf({ parts, input, output, node }: Place): Place | undefined {
  const end = parts.at(-1);
  const readsMeeting = node !== undefined && node.outputs[0] === end?.input && end?.input !== input;
  return readsMeeting && end?.output === output ? end : undefined;
}

/** The first number that is nobody's name, which is one then. */
function unusedName(names: string[]): string {
  let number = names.length;
  while (names.includes(String(number))) number++;
  names.push(String(number));
  return String(number);
}
