import type { Facts } from "../../../graph/facts.js";
import type { Graph, Node, Value } from "../../../graph/graph.js";
import { joinsChannels } from "../../../graph/op.js";
import type { Shape } from "../../../graph/shapes.js";
import { concatOf } from "../maps/combine-maps.js";
import { identityMap } from "../maps/linear-map.js";
import { mapOfNode, type NoMap } from "../maps/linear-rules.js";
import { meetings, noWork, plus, workOfNode } from "../maps/work.js";
import { surveyAhead } from "./ahead.js";
import { attempted, type Candidate, type Made } from "./candidate.js";
import { extended, madeOf, reaching, totalOf } from "./extend.js";
import { surveyLinear } from "./linear-node.js";
import { surveyFlattening, surveyMean } from "./moved.js";
import { surveyBranch, surveySum } from "./sums.js";
import type { Surroundings } from "./surroundings.js";

/** Linear operations that are no convolution as they are set, with the rule. */
export type Unmapped = ReadonlyMap<Node, string>;

/**
 * Goes through the graph once, and finds for every value that linear nodes make how it can be computed from
 * what stands before it.
 * @param shapes of values, where fusing for given sizes is asked for
 */
export function survey(
  graph: Graph,
  facts: Facts,
  shapes: ReadonlyMap<Value, Shape>,
  around: Surroundings,
): Unmapped {
  const unmapped = new Map<Node, string>();
  for (const node of graph.nodes) {
    const output = node.outputs[0];
    if (output === undefined || around.wires.isFixed(node) || around.wires.same(output) !== output) continue;
    const inputs = node.inputs.map((value) => around.wires.same(value));
    const made = surveyNode(node, output, inputs, facts, shapes, around);
    if (made === undefined) continue;
    if ("kind" in made) unmapped.set(node, made.reason);
    else around.made.set(output, asUnit(output, made, around));
  }
  return unmapped;
}

/** Branches that do not say that they give signals. */
const joinsOthers: NoMap = {
  kind: "none",
  reason: "of three axes it joins the first one: no branch says that these are [batch, channels, width]",
};

function surveyNode(
  node: Node,
  output: Value,
  inputs: readonly Value[],
  facts: Facts,
  shapes: ReadonlyMap<Value, Shape>,
  around: Surroundings,
): Made | NoMap | undefined {
  const { op } = node;
  if ((op.kind === "add" || op.kind === "concat") && inputs.length === 1)
    return surveyBranch(inputs[0] as Value, output, around);
  if (op.kind === "add") return around.wires.isInnerSum(output) ? undefined : surveySum(inputs, around);
  if (op.kind === "concat")
    return joinsChannels(op, facts.rank(output)) ? surveyConcat(inputs, around) : joinsOthers;
  const [input] = inputs as [Value];
  if (op.kind === "adaptiveMean" && op.outputSize.every((size) => size === 1))
    return surveyMean(node, input, output, op.outputSize.length, around);
  if (op.kind === "flatten")
    return surveyFlattening(node, op, input, output, facts, shapes.has(input), around);
  const map = mapOfNode(node, facts, shapes.get(input));
  if (map === undefined || map.kind === "none") return map;
  const work = workOfNode(node, map, around.baseFacts(input).channels);
  return surveyAhead(surveyLinear(input, map, work, around), facts, around);
}

/**
 * At the end of a nested sequence that is one map: what stands before it and behind it meets it as one layer.
 */
function asUnit(output: Value, made: Made, around: Surroundings): Made {
  const inputs = around.unitsTo(output);
  if (inputs.length === 0) return made;
  const longer: Candidate[] = [];
  const found = made.candidates.map((candidate): Candidate => {
    const { base, map, floor, own, refusal } = candidate;
    if (!inputs.includes(base)) return { ...candidate, unit: "part" };
    if (refusal === undefined) return candidate;
    for (const way of around.waysTo(base)) {
      const merged = extended(way, map, floor, own, around);
      if (typeof merged !== "string") longer.push(merged);
    }
    return { ...candidate, unit: "whole" };
  });
  const candidates = around.few([...found, ...longer]);
  if (made.best === undefined) return { ...made, candidates };
  const best = longer.reduce((one, other) => (around.better(other, one) ? other : one), made.best);
  if (best === made.best) return { ...made, candidates };
  return { candidates, chosen: [best], best, terms: undefined, total: around.total(best) };
}

/** Why a concatenation is not one convolution, where nothing else is. */
export const partsDiffer = "its parts start from different values";

/** Channels side by side: one convolution where all parts are convolutions of one value. */
function surveyConcat(inputs: readonly Value[], around: Surroundings): Made {
  const ways = inputs.map((value) => [around.asItIs(value, identityMap), ...around.waysTo(value)]);
  const [first = [], ...others] = ways;
  const byBase = others.map((some) => new Map(some.map((way) => [way.base, way])));
  const found: Candidate[] = [];
  const owned = new Set<Value>();
  let why: string | undefined;
  for (const way of first) {
    const rest = byBase.map((some) => some.get(way.base));
    if (!rest.every((part) => part !== undefined)) continue;
    const joined = joinedAt(way.base, [way, ...rest], around);
    if (typeof joined === "string") why ??= joined;
    else {
      found.push(...reaching(joined, around));
      if (around.ownsBase(joined)) owned.add(way.base);
    }
  }
  const common = [...owned].map((base) => around.made.get(base)?.total ?? noWork);
  const apart = inputs.map((value) => totalOf(value, around));
  const total = plus(meetings(1), ...apart, ...common);
  return madeOf(around.few(found), total, why ?? partsDiffer, around);
}

function joinedAt(base: Value, parts: readonly Candidate[], around: Surroundings): Candidate | string {
  const map = attempted(() =>
    concatOf(
      parts.map((part) => part.map),
      around.baseFacts(base),
    ),
  );
  if (typeof map === "string") return map;
  const grouped = parts.some(({ map }) => map.kind === "scalar" || map.form.groups > 1);
  return around.candidateOf(base, map, parts, grouped);
}
