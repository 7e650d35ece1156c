import type { Value } from "../../graph/graph.js";
import { attempted, type Candidate, type Made, type Surroundings } from "./candidates.js";
import { sumOf } from "./combine-maps.js";
import { madeOf, reaching, totalOf } from "./extend.js";
import { identityMap, isIdentity } from "./linear-map.js";
import { compareWork, noWork, plus, type Work } from "./work.js";

/** What is added, and the ways to have it: first as it is. */
interface Operand {
  readonly ways: readonly Candidate[];
}

/** What a search for groups reports. */
interface Search {
  readonly around: Surroundings;
  /** Convolutions of one value that are not one convolution. */
  readonly refuse: (reason: string) => void;
  /** A value that only operands of this sum read. */
  readonly owns: (base: Value) => void;
}

/** A group of more convolutions than these that fit none of them is not searched further. */
const mostGroups = 8;

/** More terms than these are not carried through what follows a sum. */
const mostTerms = 4;

/**
 * A sum, with the sums in it that nobody else reads: what shares a base becomes one convolution of it.
 * @param inputs of the outermost addition
 */
export function surveySum(inputs: readonly Value[], around: Surroundings): Made {
  const values = operandsOf(inputs, around);
  const operands = values.flatMap((value) => waysOf(value, around));
  // Values that others read too come last: what a sum has to itself may leave nothing for them.
  const own = operands.map(({ ways }) => ({ ways: ways.filter((way) => !way.shared) }));
  const alone = groupsOf(own, around);
  const { groups, owned, why } = alone.groups.length > 1 ? fewer(groupsOf(operands, around), alone) : alone;
  // What several operands read and nothing else counts for none of them by itself.
  const common = [...owned].map((base) => around.made.get(base)?.total ?? noWork);
  const apart = values.map((value) => totalOf(value, around));
  const total = plus(additions(values.length), ...apart, ...common);
  const reason = why ?? "its branches start from different values";
  const [only, ...others] = groups;
  if (only !== undefined && others.length === 0)
    return madeOf(around.few(reaching(only, around)), total, reason, around);
  const terms = groups.map((group) => bestOf(group, around));
  const work = plus(additions(terms.length), ...terms.map((term) => around.total(term)));
  const merged = compareWork(work, total) < 0 && groups.length < operands.length;
  return {
    candidates: [],
    chosen: merged ? terms : undefined,
    best: undefined,
    terms: terms.length <= mostTerms ? terms : undefined,
    total: merged ? work : total,
    why: reason,
  };
}

/** Operands in groups of one base, and what was found on the way. */
interface Grouping {
  readonly groups: readonly Candidate[];
  /** Values that only operands of this sum read. */
  readonly owned: ReadonlySet<Value>;
  /** Why convolutions of one value are not one convolution. */
  readonly why: string | undefined;
}

function fewer(a: Grouping, b: Grouping): Grouping {
  return a.groups.length < b.groups.length ? a : b;
}

/** Groups of one base, as long as going deeper brings more of them together. */
function groupsOf(operands: readonly Operand[], around: Surroundings): Grouping {
  let why: string | undefined;
  const owned = new Set<Value>();
  const search: Search = {
    around,
    refuse: (reason) => {
      why ??= reason;
    },
    owns: (base) => owned.add(base),
  };
  let groups = grouped(operands, search);
  for (let before = Number.POSITIVE_INFINITY; groups.length > 1 && groups.length < before; ) {
    before = groups.length;
    const again = groups.map((group) => ({ ways: reaching(group, around) }));
    if (again.every(({ ways }) => ways.length === 1)) break;
    groups = grouped(again, search);
  }
  return { groups, owned, why };
}

function additions(terms: number): Work {
  return { layers: terms - 1, macs: 0, weights: 0 };
}

/** What is added, in order, through additions whose results nobody else reads. */
function operandsOf(inputs: readonly Value[], { wires }: Surroundings): readonly Value[] {
  const operands: Value[] = [];
  const open = [...inputs].reverse();
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (!wires.isInnerSum(value)) operands.push(value);
    else
      for (const inner of [...(wires.producer(value)?.inputs ?? [])].reverse()) open.push(wires.same(inner));
  }
  return operands;
}

/** A value that is added, or the terms of one that is a sum behind a factor. */
function waysOf(value: Value, around: Surroundings): readonly Operand[] {
  const made = around.made.get(value);
  if (made?.terms !== undefined && made.chosen !== undefined && around.wires.reads(value) === 1)
    return made.terms.map((term) => ({ ways: [term] }));
  return [{ ways: [around.asItIs(value, identityMap), ...around.waysTo(value)] }];
}

/** Operands with a base in common as one convolution each, the base that most of them share first. */
function grouped(operands: readonly Operand[], search: Search): readonly Candidate[] {
  const { around } = search;
  const byBase = new Map<Value, [operand: number, way: Candidate][]>();
  operands.forEach(({ ways }, operand) => {
    for (const way of ways) {
      const members = byBase.get(way.base);
      if (members === undefined) byBase.set(way.base, [[operand, way]]);
      else if (members.at(-1)?.[0] !== operand) members.push([operand, way]);
    }
  });
  const bases = [...byBase]
    .filter(([, members]) => members.length > 1)
    .sort(([a, some], [b, others]) => others.length - some.length || around.order(b) - around.order(a));
  const groupOf = new Map<number, Candidate>();
  for (const [, members] of bases) {
    const left = members.filter(([operand]) => !groupOf.has(operand));
    for (const { operands: merged, candidate } of mergedGroups(left, search)) {
      if (merged.length < 2) continue;
      for (const operand of merged) groupOf.set(operand, candidate);
      if (around.ownsBase(candidate)) search.owns(candidate.base);
    }
  }
  // In the order in which they were added.
  const groups = new Set<Candidate>();
  for (const [operand, { ways }] of operands.entries())
    groups.add(groupOf.get(operand) ?? (ways[0] as Candidate));
  return [...groups];
}

interface Group {
  readonly operands: number[];
  readonly parts: Candidate[];
  candidate: Candidate;
}

/** Ways from one base as few convolutions: one if possible, else each with the first that it fits, large kernels first. */
function mergedGroups(
  members: readonly (readonly [operand: number, way: Candidate])[],
  { around, refuse }: Search,
): readonly Group[] {
  if (members.length < 2) return [];
  const parts = members.map(([, way]) => way);
  const all = merged(parts, around);
  if (typeof all !== "string")
    return [{ operands: members.map(([operand]) => operand), parts, candidate: all }];
  refuse(all);
  if (members.length === 2) return [];
  const groups: Group[] = [];
  for (const [operand, way] of [...members].sort(([, a], [, b]) => b.own.weights - a.own.weights)) {
    if (!groups.slice(-mostGroups).some((group) => joins(group, operand, way, around)))
      groups.push({ operands: [operand], parts: [way], candidate: way });
  }
  return groups.map((group) => ({ ...group, candidate: atOnce(group, around) }));
}

function joins(group: Group, operand: number, way: Candidate, around: Surroundings): boolean {
  const candidate = merged([group.candidate, way], around);
  if (typeof candidate === "string") return false;
  group.operands.push(operand);
  group.parts.push(way);
  group.candidate = candidate;
  return true;
}

/** The sum of all parts, which were found to fit one after the other. */
function atOnce({ parts, candidate }: Group, around: Surroundings): Candidate {
  const all = parts.length > 2 ? merged(parts, around) : candidate;
  return typeof all === "string" ? candidate : all;
}

function merged(parts: readonly Candidate[], around: Surroundings): Candidate | string {
  const { base } = parts[0] as Candidate;
  const maps = parts.map((part) => part.map);
  const map = attempted(() => sumOf(maps, around.baseFacts(base)));
  if (typeof map === "string") return map;
  const candidate = around.candidateOf(base, map, parts, false);
  return candidate.refusal ?? candidate;
}

/** The best way to have a group that stays a term of its own. */
function bestOf(group: Candidate, around: Surroundings): Candidate {
  if (isIdentity(group.map)) return group;
  return reaching(group, around).reduce((best, way) => (around.better(way, best) ? way : best));
}
