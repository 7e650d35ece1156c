import type { Value } from "../../../graph/graph.js";
import { identityMap, isIdentity } from "../maps/linear-map.js";
import { compareWork, meetings, noWork, plus } from "../maps/work.js";
import type { Candidate, Made } from "./candidate.js";
import { madeOf, reaching, totalOf } from "./extend.js";
import { type Grouping, groupsOf, type Operand } from "./groups.js";
import type { Surroundings } from "./surroundings.js";

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

/** The best way to have a group that stays a term of its own. */
function bestOf(group: Candidate, around: Surroundings): Candidate {
  if (isIdentity(group.map)) return group;
  return reaching(group, around).reduce((best, way) => (around.better(way, best) ? way : best));
}
