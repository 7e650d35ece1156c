import type { Value } from "../../../graph/graph.js";
import { sumOf } from "../maps/combine-maps.js";
import { attempted, type Candidate } from "./candidate.js";
import { reaching } from "./extend.js";
import type { Surroundings } from "./surroundings.js";

/** What is added, and the ways to have it: first as it is. */
export interface Operand {
  readonly ways: readonly Candidate[];
}

/** Operands in groups of one base, and what was found on the way. */
export interface Grouping {
  readonly groups: readonly Candidate[];
  /** Values that only operands of this sum read. */
  readonly owned: ReadonlySet<Value>;
  /** Why convolutions of one value are not one convolution. */
  readonly why: string | undefined;
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

/** Groups of one base, as long as going deeper brings more of them together. */
export function groupsOf(operands: readonly Operand[], around: Surroundings, mayGrow: boolean): Grouping {
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
