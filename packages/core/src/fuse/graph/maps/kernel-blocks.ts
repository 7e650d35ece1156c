import { type LinearForm, type LinearKernel, weightsOf } from "../../../algebra/kernel.js";
import { addOnGrid } from "../../../algebra/parallel/grid.js";
import {
  byTap,
  composeBias,
  composeWeights,
  isDiagonal,
  type NamedRooms,
  scaleRows,
} from "../../../algebra/sequence/sequence-weights.js";
import type { KernelMap } from "./linear-map.js";
import { computed, kernelOfMap, numbersOf, partsOf } from "./map-numbers.js";

/** Weights that are computed together: few enough that a cache holds them beside what they are made of. */
const together = 2 ** 15;

/**
 * Of products of two layers at least this many output channels, so that what is read of the first one is of
 * use for as many, unless that is too many weights.
 */
const leastRows = 64;
const mostTogether = 2 ** 21;

/**
 * The numbers of a map as kernels of some output channels each, one behind the other: of large weights no
 * more than that is in memory, and what is done with them is done while they are in a cache. Of a map in
 * groups a kernel is some of these, or a part of one. A small map is one kernel, and so is one in groups that
 * is more than a layer with factors behind it. Each holds until the next one.
 */
export function* blocksOfMap(map: KernelMap): Generator<LinearKernel> {
  const { form } = map;
  const { outChannels, groups } = form;
  const rows = rowsTogether(map);
  if ((groups > 1 && !isByRows(map)) || rows >= outChannels) {
    yield kernelOfMap(map);
    return;
  }
  const blocks = new Blocks();
  const ofGroup = outChannels / groups;
  const most = rows < ofGroup ? rows : rows - (rows % ofGroup);
  for (let first = 0; first < outChannels; ) {
    const groupEnd = (Math.floor(first / ofGroup) + 1) * ofGroup;
    const end = Math.min(first + most, rows < ofGroup ? groupEnd : outChannels);
    yield blocks.of(map, first, end);
    first = end;
  }
}

/** How many output channels are computed together. */
function rowsTogether(map: KernelMap): number {
  const row = weightsOf(map.form) / map.form.outChannels;
  const fitting = Math.max(1, Math.floor(together / row));
  if (fitting >= leastRows || !isOfProducts(map)) return fitting;
  return Math.max(fitting, Math.min(leastRows, Math.floor(mostTogether / row)));
}

/** True if output channels of a block are products with a layer in front. */
function isOfProducts(map: KernelMap): boolean {
  const open = [map];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at.numbers.from === "sequence" && !isDiagonal(at.numbers.parts[1].form)) return true;
    open.push(...partsInBlock(at));
  }
  return false;
}

/** True of numbers that are read in parts, and then scaled: what an output channel needs is its own. */
function isByRows({ numbers }: KernelMap): boolean {
  if (numbers.from === "leaf") return numbers.part !== undefined;
  return numbers.from === "sequence" && isDiagonal(numbers.parts[1].form) && isByRows(numbers.parts[0]);
}

/** Computes output channels of a map. */
class Blocks {
  /** What is needed as a whole for each block, computed once. */
  readonly #wholes = new Map<KernelMap, LinearKernel>();
  /** Of those in front of others, a matrix a tap. */
  readonly #matrices = new Map<KernelMap, readonly Float64Array[]>();
  /** Where each part's numbers are written, in block after block. */
  readonly #rooms = new Map<KernelMap, Map<string, Float64Array>>();
  #first = 0;
  #end = 0;

  of(map: KernelMap, first: number, end: number): LinearKernel {
    this.#first = first;
    this.#end = end;
    return computed(map, this.#numbersOf, new Map(), partsInBlock);
  }

  readonly #numbersOf = (map: KernelMap, parts: readonly LinearKernel[]): LinearKernel => {
    const { numbers } = map;
    const form = this.#formOf(map);
    const [only] = parts;
    switch (numbers.from) {
      case "leaf": {
        if (numbers.part === undefined) return this.#rowsOf(map);
        const weight = this.#room(map, form);
        numbers.part((this.#first * weight.length) / form.outChannels, weight);
        return { ...form, weight, bias: numbers.bias?.().subarray(this.#first, this.#end) };
      }
      case "sequence":
        return only === undefined ? this.#rowsOf(map) : this.#sequence(map, form, numbers.parts, only);
      case "sum":
        return this.#sum(map, form, numbers.parts, parts);
      case "concat":
      case "repeated":
        return this.#rowsOf(map);
      case "reshaped":
        return { ...form, weight: (only as LinearKernel).weight, bias: (only as LinearKernel).bias };
    }
  };

  /** The form of the block's output channels: of some groups, or of a part of one. */
  #formOf({ form }: KernelMap): LinearForm {
    const outChannels = this.#end - this.#first;
    const groups = Math.max(1, (outChannels * form.groups) / form.outChannels);
    return { ...form, outChannels, groups, inChannels: (form.inChannels / form.groups) * groups };
  }

  #sequence(
    map: KernelMap,
    form: LinearForm,
    [before, behind]: readonly [KernelMap, KernelMap],
    only: LinearKernel,
  ): LinearKernel {
    if (!isDiagonal(behind.form)) {
      const first = this.#whole(before);
      const matrices = this.#matrices.get(before) ?? byTap(first);
      this.#matrices.set(before, matrices);
      const room: NamedRooms = (name, size) => this.#named(map, name, size);
      const weight = composeWeights(first, only, form, { matrices, room });
      return { ...form, weight, bias: composeBias(first, only) };
    }
    const second = this.#rowsOf(behind);
    const weight = this.#room(map, form);
    scaleRows(only.weight, second.weight, weight);
    return { ...form, weight, bias: composeBias(only, second) };
  }

  #sum(
    map: KernelMap,
    form: LinearForm,
    all: readonly KernelMap[],
    parts: readonly LinearKernel[],
  ): LinearKernel {
    const weight = this.#room(map, form).fill(0);
    const bias = new Float64Array(form.outChannels);
    let isBiased = false;
    let own = 0;
    for (const part of all) {
      // Those in groups are there as a whole.
      const isWhole = part.form.groups > 1;
      const kernel = isWhole ? this.#whole(part) : (parts[own++] as LinearKernel);
      const skipped = isWhole ? this.#first : 0;
      addOnGrid(weight, kernel, form, skipped);
      if (kernel.bias === undefined) continue;
      isBiased = true;
      for (let o = 0; o < bias.length; o++)
        bias[o] = (bias[o] as number) + (kernel.bias[skipped + o] as number);
    }
    return { ...form, weight, bias: isBiased ? bias : undefined };
  }

  #whole(map: KernelMap): LinearKernel {
    return computed(map, numbersOf, this.#wholes, partsOf);
  }

  /** The block's output channels of a map that is computed as a whole: of one group, or diagonal. */
  #rowsOf(map: KernelMap): LinearKernel {
    const kernel = this.#whole(map);
    const row = kernel.weight.length / kernel.outChannels;
    const outChannels = this.#end - this.#first;
    return {
      ...kernel,
      ...(kernel.groups > 1 && { inChannels: outChannels, groups: outChannels }),
      outChannels,
      weight: kernel.weight.subarray(this.#first * row, this.#end * row),
      bias: kernel.bias?.subarray(this.#first, this.#end),
    };
  }

  #room(map: KernelMap, form: LinearForm): Float64Array {
    return this.#named(map, "weights", weightsOf(form));
  }

  /** The first block is the largest. */
  #named(map: KernelMap, name: string, size: number): Float64Array {
    const rooms = this.#rooms.get(map) ?? new Map<string, Float64Array>();
    this.#rooms.set(map, rooms);
    const room = rooms.get(name) ?? new Float64Array(size);
    rooms.set(name, room);
    return room.subarray(0, size);
  }
}

/** The parts of which the same output channels are enough. */
function partsInBlock({ numbers }: KernelMap): readonly KernelMap[] {
  switch (numbers.from) {
    case "leaf":
    case "concat":
    case "repeated":
      return [];
    case "sequence": {
      const [first, second] = numbers.parts;
      if (isDiagonal(second.form)) return [first];
      return second.form.groups === 1 ? [second] : [];
    }
    case "sum":
      return numbers.parts.filter(({ form }) => form.groups === 1);
    case "reshaped":
      return numbers.parts;
  }
}
