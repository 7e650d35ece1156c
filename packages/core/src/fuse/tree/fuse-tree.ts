import { factsOf } from "../../graph/facts.js";
import type { Node, Value } from "../../graph/graph.js";
import type { Weights } from "../../graph/weights.js";
import { joinPath, type Module, rebuilt } from "../../nn/module.js";
import { type FusedGraph, type FuseGraphOptions, fuseGraph } from "../graph/fuse-graph.js";
import type { GraphRefusal } from "../graph/refusals.js";
import { below, joinNotes, type Notes, type Refusal } from "../report/notes.js";
import { fusedNotes } from "./fused-notes.js";
import { Holders } from "./holders.js";
import { type Lowered, lower, type Place } from "./lower.js";
import { layerOf, refuseForm } from "./realise.js";
import { Inexpressible } from "./rebuild/inexpressible.js";
import { isLeftOver } from "./rebuild/left-over.js";
import { rebuild } from "./rebuild/rebuild.js";
import { sameModule } from "./rebuild/same-module.js";
import { isSpoiled } from "./spoiled.js";

/** How a tree is to be fused. */
export interface TreeOptions extends Pick<FuseGraphOptions, "growth" | "sizes"> {
  /** Why what has this dotted name stays as it is; undefined: it may change. */
  readonly keeps: (path: string) => string | undefined;
  /** The shape of the input, where it is known. */
  readonly inputShape?: readonly number[] | undefined;
  /** Weights that are held outside of the tree too. */
  readonly heldOutside?: ReadonlySet<Weights>;
}

/** A fused tree, and what there is to say about it; all paths begin below it. */
export interface FusedTree {
  /** The module itself where nothing could be fused. */
  readonly output: Module;
  readonly notes: Notes;
}

/**
 * Fuses a tree as the graph that it is.
 * @param path its dotted name, by which `keeps` knows it
 */
export function fuseTree(module: Module, path: string, options: TreeOptions): FusedTree {
  const lowered = lower(module);
  const holders = options.growth === "none" ? new Holders(lowered, options.heldOutside) : undefined;
  const inside = new Insides(lowered, path, options, holders);
  const kept = new Map<Value, string | undefined>();
  const units = new Map<Value, Value[]>();
  collectUnits([lowered.root], units);
  for (;;) {
    const fused = fuseGraph(lowered.graph, {
      ...graphOptions(lowered, options),
      ...(holders && { heldOutside: holders.ofGraph }),
      keepNode: (node) =>
        kept.has(node.outputs[0] as Value) || options.keeps(joinPath(path, node.path)) !== undefined,
      units,
      refuse: refuseForm,
      factors: true,
      movesAhead: true,
    });
    try {
      const { module: output, made } = rebuild(lowered, fused, layerOf, inside.module);
      const refused = [...inside.reasons, ...reasonsOf(lowered, fused, kept)];
      const notes = { fused: fusedNotes(lowered, fused, made, output), refused };
      return { output, notes: joinNotes([notes, ...inside.notes]) };
    } catch (error) {
      if (!(error instanceof Inexpressible)) throw error;
      if (kept.has(error.value)) {
        // It is not this value that is in the way: wires that no tree can change stay as a whole.
        const rest = lowered.graph.nodes.flatMap(({ outputs }) => outputs.filter((one) => !kept.has(one)));
        if (rest.length === 0) throw error;
        for (const value of rest) kept.set(value, undefined);
        continue;
      }
      const spoiled = fused.replacements
        .filter(({ output }) => output === error.value)
        .flatMap(({ nodes }) => nodes.filter(isSpoiled));
      if (spoiled.length === 0) kept.set(error.value, error.reason);
      for (const { outputs } of spoiled) kept.set(outputs[0] as Value, "its own numbers are not finite");
    }
  }
}

/**
 * Fuses a tree until nothing in it can be fused any more: a sum that has become smaller may be one
 * convolution then.
 */
export function fuseWhole(module: Module, options: TreeOptions): FusedTree {
  let tree = fuseTree(module, "", options);
  for (let before = module; tree.output !== before; ) {
    before = tree.output;
    const again = fuseTree(before, "", options);
    if (again.output === before) break;
    tree = {
      output: again.output,
      notes: { ...again.notes, fused: [...tree.notes.fused, ...again.notes.fused] },
    };
  }
  return tree;
}

/** Modules of which nothing is known but that what they are made of may be replaced by equals. */
class Insides {
  readonly reasons: readonly Refusal[];
  readonly #path: string;
  readonly #options: TreeOptions;
  readonly #done = new Map<Place, FusedTree>();
  readonly #made = new Map<Module, readonly Module[]>();

  readonly #holders: Holders | undefined;

  constructor({ graph }: Lowered, path: string, options: TreeOptions, holders: Holders | undefined) {
    this.#holders = holders;
    this.#path = path;
    this.#options = options;
    this.reasons = graph.nodes.flatMap(({ op, path: at }) =>
      op.kind === "opaque" ? [{ path: at, reason: op.reason }] : [],
    );
  }

  get notes(): readonly Notes[] {
    return [...this.#done.values()].map(({ notes }) => notes);
  }

  /** What stands in the place of a layer that stays: itself, or with its children fused each by itself. */
  readonly module = (place: Place): Module => {
    const children = [...place.module.children()];
    if (children.length === 0) return place.module;
    const known = this.#done.get(place);
    if (known !== undefined) return known.output;
    const whole = joinPath(this.#path, place.path);
    // The shape that reaches them is not known.
    const options = { ...this.#options, inputShape: undefined };
    const trees = children.map(([name, child]) => {
      const held = this.#holders && { heldOutside: this.#holders.of(child) };
      return [name, child, fuseTree(child, joinPath(whole, name), { ...options, ...held })] as const;
    });
    const changed = trees.filter(([, child, { output }]) => output !== child);
    const outputs = new Map(changed.map(([name, , { output }]) => [name, output]));
    const made = changed.length === 0 ? place.module : rebuilt(place.module, new Map(), outputs);
    // What is used in two places stays one module.
    const alike = this.#made.get(place.module) ?? [];
    const output = alike.find((other) => sameModule(other, made)) ?? made;
    this.#made.set(place.module, [...alike, output]);
    const notes = joinNotes(trees.map(([name, , tree]) => below(place.path, below(name, tree.notes))));
    this.#done.set(place, { output, notes });
    return output;
  };
}

/** Compositions of several layers that somebody wrote: what each gives, and what it reads. */
function collectUnits(places: readonly Place[], units: Map<Value, Value[]>): void {
  for (const part of places) {
    collectUnits(part.parts, units);
    if (
      isLeftOver(part.module) ||
      part.parts.length === 0 ||
      (part.node === undefined && part.parts.length === 1)
    )
      continue;
    units.set(part.output, [...(units.get(part.output) ?? []), part.input]);
  }
}

function graphOptions({ graph }: Lowered, { growth, sizes, inputShape }: TreeOptions): FuseGraphOptions {
  const [input] = graph.inputs as readonly [Value];
  const rank = factsOf(graph).rank(input);
  const batched = inputShape !== undefined && (rank === undefined || inputShape.length === rank + 2);
  return {
    ...(growth && { growth }),
    ...(sizes && { sizes }),
    ...(batched && { shapes: new Map([[input, inputShape]]) }),
  };
}

function reasonsOf(
  { graph }: Lowered,
  fused: FusedGraph,
  kept: ReadonlyMap<Value, string | undefined>,
): readonly Refusal[] {
  const own = graph.nodes.flatMap(({ outputs, path }) => {
    const [output] = outputs as readonly [Value];
    const shape = "no tree with these branches computes what would be left";
    return kept.has(output) ? [{ path, reason: kept.get(output) ?? shape }] : [];
  });
  return [...own, ...telling(graph, fused).map(({ path, reason }) => ({ path, reason }))];
}

/**
 * The refusals without those of layers that stand beside one that says more: a sum that stays speaks for its
 * branches.
 */
function telling(graph: Lowered["graph"], { refusals }: FusedGraph): readonly GraphRefusal[] {
  const isAlone = ({ reason }: GraphRefusal): boolean => reason.startsWith("nothing to merge with");
  const explained = new Set([
    ...refusals.filter((refusal) => !isAlone(refusal)).flatMap(({ nodes }) => nodes),
    ...graph.nodes.filter(({ op }) => op.kind === "opaque"),
  ]);
  const values = new Set([...explained].flatMap(({ inputs, outputs }) => [...inputs, ...outputs]));
  const isBeside = ({ inputs, outputs }: Node): boolean =>
    [...inputs, ...outputs].some((value) => values.has(value));
  const input = graph.inputs[0] as Value;
  values.delete(input);
  return refusals.filter((refusal) => !isAlone(refusal) || !refusal.nodes.some(isBeside));
}
