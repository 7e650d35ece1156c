import type { Facts } from "../../../graph/facts.js";
import type { Node, Value } from "../../../graph/graph.js";
import { identityMap, type LinearMap, onAxes } from "../maps/linear-map.js";
import { meetings, plus, type Work, workOfMap } from "../maps/work.js";
import type { Ahead, Candidate, Made } from "./candidate.js";
import { isFactor, surveyLinear } from "./linear-node.js";
import type { Surroundings } from "./surroundings.js";

// What averages values, or only moves them, commutes with a factor and a shift: the mean of a x + b is
// a mean(x) + b. So a factor that stands behind a pooling or a flattening can be done before it, where a
// convolution takes it up. What stands between stays, and holds the values that it held after the factor.

/** Where a factor is to be done instead, and what it passes on the way there. */
interface WayBack {
  readonly value: Value;
  readonly map: LinearMap;
  readonly between: readonly Value[];
}

/** More operations in a row than these are not passed, so that many factors in a row take linear time. */
const mostPassed = 8;

/**
 * The same value with its factor done ahead of what stands before it, where a convolution there takes it up:
 * that is one operation less.
 * @param made what was found for a linear node
 */
export function surveyAhead(made: Made, facts: Facts, around: Surroundings): Made {
  if (!around.movesAhead) return made;
  // The one that reaches furthest takes most factors with it.
  for (const candidate of made.candidates.toReversed()) {
    const ahead = aheadOf(candidate, made.total, facts, around);
    if (ahead !== undefined) return { ...made, ...ahead };
  }
  return made;
}

function aheadOf(
  candidate: Candidate,
  least: Work,
  facts: Facts,
  around: Surroundings,
): Pick<Made, "chosen" | "terms" | "total" | "ahead"> | undefined {
  const { base, map, refusal, shared } = candidate;
  if (refusal !== undefined || shared || !isFactor(map)) return undefined;
  if (around.total(candidate).layers > least.layers) return undefined;
  const way = wayBack(base, map, facts, around);
  if (way === undefined) return undefined;
  const { value, between } = way;
  const own = workOfMap(way.map, around.baseFacts(value).channels);
  const { chosen, total: there } = surveyLinear(value, way.map, own, around);
  if (chosen === undefined) return undefined;
  // What only moves values does not count what stands before it.
  const isCounted = between.every((one) => around.made.has(one));
  const work = isCounted ? plus(there, meetings(between.length)) : { ...least, layers: least.layers - 1 };
  // Of equals, the way that leaves values as they are: what reads this may take the factor, too.
  const total = { ...work, biases: work.biases + 1 };
  const ahead: Ahead = { value, chosen, between };
  return { chosen: [around.asItIs(base, identityMap)], terms: undefined, total, ahead };
}

function wayBack(base: Value, given: LinearMap, facts: Facts, { wires }: Surroundings): WayBack | undefined {
  let [value, map] = [base, given];
  const between: Value[] = [];
  while (between.length < mostPassed && wires.reads(value) === 1) {
    const node = wires.producer(value);
    const before = node === undefined || wires.isFixed(node) ? undefined : mapBefore(node, map, facts);
    if (node === undefined || before === undefined) break;
    between.push(value);
    [value, map] = [wires.same(node.inputs[0] as Value), before];
  }
  return between.length > 0 && wires.reads(value) === 1 ? { value, map, between } : undefined;
}

/** The map before a node that does what a factor does behind it; undefined: there is none. */
function mapBefore({ op, inputs }: Node, map: LinearMap, facts: Facts): LinearMap | undefined {
  const [input] = inputs as [Value];
  switch (op.kind) {
    case "adaptiveMean":
    case "resize":
      return map.kind === "scalar" || map.along === "channels" ? map : undefined;
    case "shuffle":
      return map.kind === "scalar" ? map : undefined;
    case "flatten": {
      if (map.kind === "scalar") return map;
      // One channel of one pixel is one number, whether its image has a batch axis or not.
      const rank = facts.rank(input);
      const isOneNumber = map.form.outChannels === 1 && facts.isOnePixel(input);
      return isOneNumber && rank !== undefined ? onAxes(map, rank) : undefined;
    }
    default:
      return undefined;
  }
}
