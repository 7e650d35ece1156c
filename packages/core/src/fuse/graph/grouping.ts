import type { Value } from "../../graph/graph.js";
import { attempted, type Candidate, type Made, type Surroundings } from "./candidates.js";
import { sumOf } from "./combine-maps.js";
import { madeOf, reaching, totalOf } from "./extend.js";
import { identityMap, isIdentity } from "./linear-map.js";
import { compareWork, meetings, noWork, plus } from "./work.js";

/** What is added, and the ways to have it: first as it is. */
interface Operand {
  readonly ways: readonly Candidate[];
}

/** What a search for groups reports. */
interface Search {
  readonly around: Surroundings;
  /** Whether one convolution may hold more weights than those that it stands for. */
  readonly mayGrow: boolean;
  /** Convolutions of one value that are not one convolution. */
  readonly refuse: (reason: string) => void;
  /** A value that only operands of this sum read. */
  readonly owns: (base: Value) => void;
}

/** A group of more convolutions than these that fit none of them is not searched further. */
const mostGroups = 8;

/** Why a sum is not one convolution, where nothing else is. */
export const branchesDiffer = "its branches start from different values";

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
  const own = operands.map(unshared);
  const { groups, owned, why } =
    wholeOf(own, around) ?? wholeOf(operands, around) ?? partsOf(inputs, operands.length, around);
  // What several operands read and nothing else counts for none of them by itself.
  const common = [...owned].map((base) => around.made.get(base)?.total ?? noWork);
  const apart = values.map((value) => totalOf(value, around));
  const total = plus(meetings(values.length - 1), ...apart, ...common);
  const reason = why ?? branchesDiffer;
  const [only, ...others] = groups;
  if (only !== undefined && others.length === 0)
    return madeOf(around.few(reaching(only, around)), total, reason, around);
  const terms = groups.map((group) => bestOf(group, around));
  const work = plus(meetings(terms.length - 1), ...terms.map((term) => around.total(term)));
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

/**
 * A sum or a concatenation of one branch: as that of several it is one convolution if its branch is, also
 * where weights grow.
 * @returns undefined where the branch is not linear
 */
export function surveyBranch(value: Value, output: Value, around: Surroundings): Made | undefined {
  const ways = around.waysTo(value);
  if (ways.length === 0) return undefined;
  const [input] = around.unitsTo(output);
  const branches = ways
    .filter((way) => way.base === input)
    .map((way) => around.candidateOf(way.base, way.map, [way], false));
  const total = plus(meetings(1), totalOf(value, around));
  const whole = branches.flatMap((branch) => reaching(branch, around));
  const made = madeOf(around.few(whole), total, "its branch is not one convolution", around);
  return { ...made, candidates: around.few([...made.candidates, ...ways]) };
}

/** Operands in groups of one base, and what was found on the way. */
interface Grouping {
  readonly groups: readonly Candidate[];
  /** Values that only operands of this sum read. */
  readonly owned: ReadonlySet<Value>;
  /** Why convolutions of one value are not one convolution. */
  readonly why: string | undefined;
}

/** Without the ways through values that others read too, but for a term of a sum that has no other way. */
function unshared({ ways }: Operand): Operand {
  const own = ways.filter((way) => !way.shared);
  return own.length === 0 ? { ways } : { ways: own };
}

/** Everything that is added as one group. */
function wholeOf(operands: readonly Operand[], around: Surroundings): Grouping | undefined {
  const grouping = groupsOf(operands, around, true);
  return grouping.groups.length === 1 ? grouping : undefined;
}

/**
 * What stays a sum anyway is not to hold more weights than it did; a sum in it that is one convolution may.
 */
function partsOf(inputs: readonly Value[], count: number, around: Surroundings): Grouping {
  const operands =
    count > mostNested
      ? operandsOf(inputs, around).flatMap((value) => waysOf(value, around))
      : nested(inputs, around);
  const alone = groupsOf(operands.map(unshared), around, false);
  const all = groupsOf(operands, around, false);
  return all.groups.length < alone.groups.length ? all : alone;
}

/** More operands than these are not looked at sum by sum. */
const mostNested = 64;

/** What is added, units in it that are one convolution as one operand each. */
function nested(inputs: readonly Value[], around: Surroundings): readonly Operand[] {
  return inputs.flatMap((value) => {
    if (!around.wires.isInnerSum(value)) return waysOf(value, around);
    const inner = (around.wires.producer(value)?.inputs ?? []).map((input) => around.wires.same(input));
    const operands = operandsOf(inner, around).flatMap((one) => waysOf(one, around));
    const isUnit = around.unitsTo(value).length > 0;
    const [whole] = (isUnit ? wholeOf(operands.map(unshared), around)?.groups : undefined) ?? [];
    return whole === undefined ? nested(inner, around) : [{ ways: reaching(whole, around) }];
  });
}

/** Groups of one base, as long as going deeper brings more of them together. */
function groupsOf(operands: readonly Operand[], around: Surroundings, mayGrow: boolean): Grouping {
  let why: string | undefined;
  const owned = new Set<Value>();
  const search: Search = {
    around,
    mayGrow,
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

/**
 * Ways from one base as few convolutions: one if possible, else each with the first that it fits, large
 * kernels first.
 */
function mergedGroups(
  members: readonly (readonly [operand: number, way: Candidate])[],
  search: Search,
): readonly Group[] {
  if (members.length < 2) return [];
  const parts = members.map(([, way]) => way);
  const all = merged(parts, search);
  if (typeof all !== "string")
    return [{ operands: members.map(([operand]) => operand), parts, candidate: all }];
  search.refuse(all);
  if (members.length === 2) return [];
  const groups: Group[] = [];
  for (const [operand, way] of [...members].sort(([, a], [, b]) => b.own.weights - a.own.weights)) {
    if (!groups.slice(-mostGroups).some((group) => joins(group, operand, way, search)))
      groups.push({ operands: [operand], parts: [way], candidate: way });
  }
  return groups.map((group) => ({ ...group, candidate: atOnce(group, search) }));
}

function joins(group: Group, operand: number, way: Candidate, search: Search): boolean {
  const candidate = merged([group.candidate, way], search);
  if (typeof candidate === "string") return false;
  group.operands.push(operand);
  group.parts.push(way);
  group.candidate = candidate;
  return true;
}

/** The sum of all parts, which were found to fit one after the other. */
function atOnce({ parts, candidate }: Group, search: Search): Candidate {
  const all = parts.length > 2 ? merged(parts, search) : candidate;
  return typeof all === "string" ? candidate : all;
}

function merged(parts: readonly Candidate[], { around, mayGrow }: Search): Candidate | string {
  const { base } = parts[0] as Candidate;
  const maps = parts.map((part) => part.map);
  const map = attempted(() => sumOf(maps, around.baseFacts(base)));
  if (typeof map === "string") return map;
  const candidate = around.candidateOf(base, map, parts, false);
  if (candidate.refusal !== undefined) return candidate.refusal;
  const apart = parts.reduce((sum, part) => sum + part.own.weights, 0);
  const { weights } = candidate.own;
  if (mayGrow || weights <= apart) return candidate;
  return `left as it is: one convolution would hold ${weights} weights instead of ${apart}, and the sum would stay`;
}

/** The best way to have a group that stays a term of its own. */
function bestOf(group: Candidate, around: Surroundings): Candidate {
  if (isIdentity(group.map)) return group;
  return reaching(group, around).reduce((best, way) => (around.better(way, best) ? way : best));
}
