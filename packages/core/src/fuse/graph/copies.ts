import type { Graph, Node, Value } from "../../graph/graph.js";
import type { PerChannel } from "../../graph/op.js";
import type { Weights } from "../../graph/weights.js";
import type { Choice } from "./choose.js";
import { isIdentity, type KernelMap } from "./maps/linear-map.js";
import { computed, partsOf } from "./maps/map-numbers.js";
import { exceeds, noWork, workOfMap } from "./maps/work.js";
import type { Surroundings } from "./survey/surroundings.js";

/** What the weights of a node are known by: two nodes with the same object hold them once. */
type Held = Weights | Node["op"];

/** The weights that several nodes hold in common, or somebody outside of the graph. */
export interface SharedWeights {
  /** By what they are known by: who reads them. */
  readonly readers: ReadonlyMap<object, readonly Node[]>;
  /** Those that somebody else holds, whatever becomes of the graph. */
  readonly outside: ReadonlySet<Weights>;
}

/**
 * Replacements that together would hold more weights, as each of them gets its own copy of what is held once
 * now.
 */
export interface Copied {
  /** The nodes that are to stay as they are instead. */
  readonly stays: readonly Node[];
  /** By value that would have been replaced: what it was made by. */
  readonly regions: ReadonlyMap<Value, readonly Node[]>;
  readonly reason: string;
}

export function sharedWeights({ nodes }: Graph, outside: ReadonlySet<Weights>): SharedWeights {
  const readers = new Map<object, Node[]>();
  for (const node of nodes) {
    const held = heldBy(node);
    if (held === undefined) continue;
    const known = readers.get(held);
    if (known === undefined) readers.set(held, [node]);
    else known.push(node);
  }
  const inCommon = [...readers].filter(([held, { length }]) => length > 1 || outside.has(held as Weights));
  return { readers: new Map(inCommon), outside };
}

/**
 * A layer that is used in several places holds its weights once. Merged with what stands beside it in one of
 * them, it holds them there once more. So weights that are shared are counted once before, and afterwards
 * once for each different layer that they have gone into, and once more where somebody still reads them as
 * they are. Replacements that have weights in common are judged together.
 */
export function grownByCopies(
  regions: ReadonlyMap<Value, readonly Node[]>,
  { replaced, live }: Choice,
  shared: SharedWeights,
  around: Surroundings,
): readonly Copied[] {
  const layers = new DistinctLayers();
  return together(regions, shared).flatMap((outputs) => {
    const nodes = outputs.flatMap((output) => regions.get(output) ?? []);
    const holdings = new Map(nodes.map((node) => [heldBy(node), holdingOf(node)] as const));
    let [before, after] = [0, 0];
    for (const holding of holdings.values()) {
      if (holding === undefined) continue;
      const { weights, size } = holding;
      before += size;
      const stays =
        shared.readers.get(weights)?.some((reader) => live.has(reader)) ||
        shared.outside.has(weights as Weights);
      if (stays) after += size;
    }
    const maps = outputs.flatMap((output) => replaced.get(output) ?? []);
    const made = new Set<number>();
    for (const { base, map } of maps) {
      if (isIdentity(map)) continue;
      const layer = map.kind === "kernel" ? layers.numberOf(map) : undefined;
      if (layer !== undefined && made.has(layer)) continue;
      if (layer !== undefined) made.add(layer);
      after += workOfMap(map, around.baseFacts(base).channels).weights;
    }
    if (!exceeds({ ...noWork, weights: after }, { ...noWork, weights: before })) return [];
    // What is merged with the shared weights stays, so that these can still become less where they all do the
    // same.
    const partners = nodes.filter((node) => !isShared(node, shared) && node.op.kind !== "identity");
    return {
      stays: partners.length > 0 ? partners : nodes,
      regions: new Map(outputs.map((output) => [output, regions.get(output) ?? []])),
      reason: `left as it is: its weights are used in several places, and with a copy in each there would be ${after} weights instead of ${before}`,
    };
  });
}

/** Replacements that read the same shared weights, directly or through others that do. */
function together(
  regions: ReadonlyMap<Value, readonly Node[]>,
  shared: SharedWeights,
): readonly (readonly Value[])[] {
  const readers = new Map<object, Value[]>();
  const reads = new Map<Value, object[]>();
  for (const [output, nodes] of regions) {
    const held = new Set<object>();
    for (const node of nodes) if (isShared(node, shared)) held.add(heldBy(node) as object);
    if (held.size > 0) reads.set(output, [...held]);
    for (const weights of held) {
      const known = readers.get(weights);
      if (known === undefined) readers.set(weights, [output]);
      else known.push(output);
    }
  }
  const seen = new Set<Value>();
  const met = new Set<object>();
  return [...reads.keys()].flatMap((first) => {
    const group: Value[] = [];
    const open = [first];
    for (let output = open.pop(); output !== undefined; output = open.pop()) {
      if (seen.has(output)) continue;
      seen.add(output);
      group.push(output);
      for (const weights of reads.get(output) ?? []) {
        if (!met.has(weights)) for (const reader of readers.get(weights) ?? []) open.push(reader);
        met.add(weights);
      }
    }
    return group.length === 0 ? [] : [group];
  });
}

function isShared(node: Node, { readers }: SharedWeights): boolean {
  const held = heldBy(node);
  return held !== undefined && readers.has(held);
}

function heldBy(node: Node): Held | undefined {
  return holdingOf(node)?.weights;
}

/** What a node holds its weights in, and how many they are. */
function holdingOf({ op }: Node): { readonly weights: Held; readonly size: number } | undefined {
  switch (op.kind) {
    case "conv":
    case "matrix":
      return { weights: op.weight, size: op.weight.shape.reduce((product, size) => product * size, 1) };
    case "affine":
      return { weights: op, size: Math.max(...[op.before, op.factor, op.after].map(lengthOf)) };
    default:
      return undefined;
  }
}

function lengthOf(values: PerChannel): number {
  return typeof values === "number" ? 0 : values.length;
}

/**
 * Gives the same number to maps that are made of the same operations in the same way: they are one layer,
 * wherever they stand.
 */
class DistinctLayers {
  readonly #objects = new Map<object, number>();
  readonly #numbers = new Map<string, number>();
  readonly #known = new Map<KernelMap, number>();

  numberOf(map: KernelMap): number {
    return computed(map, (part, parts: readonly number[]) => this.#number(part, parts), this.#known, partsOf);
  }

  #number({ form, numbers, along, biased }: KernelMap, parts: readonly number[]): number {
    const made = numbers.from === "leaf" ? [numbered(this.#objects, numbers.source ?? numbers)] : parts;
    return numbered(this.#numbers, JSON.stringify([numbers.from, along, biased, form, ...made]));
  }
}

function numbered<T>(numbers: Map<T, number>, key: T): number {
  const number = numbers.get(key) ?? numbers.size;
  numbers.set(key, number);
  return number;
}
