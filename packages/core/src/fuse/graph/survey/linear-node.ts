import { isPointwise } from "../../../algebra/kernel.js";
import type { Value } from "../../../graph/graph.js";
import { isIdentity, type LinearMap } from "../maps/linear-map.js";
import { withoutShift } from "../maps/map-numbers.js";
import { compareWork, meetings, noWork, plus, type Work, workOfMap } from "../maps/work.js";
import type { Candidate, Made } from "./candidate.js";
import { extended, refusalIn } from "./extend.js";
import type { Surroundings } from "./surroundings.js";

/** A value as a reason names it; some have no name. */
function named({ name }: Value): string {
  return name === "" ? "what it gives" : `"${name}"`;
}

/**
 * A linear map behind whatever its input can be computed by.
 * @param work what the node that it is takes
 */
export function surveyLinear(input: Value, map: LinearMap, work: Work, around: Surroundings): Made {
  const { channels } = around.baseFacts(input);
  const found: Candidate[] = [];
  const isShared = (around.made.get(input)?.candidates.length ?? 0) > 0 && around.wires.reads(input) > 1;
  let stop = isShared ? `${named(input)} is read elsewhere too` : undefined;
  const own = workOfMap(map, channels);
  const starts = around.startsUnit(input);
  for (const way of around.waysTo(input)) {
    const longer = extended(way, map, work, own, around, starts);
    if (typeof longer === "string") stop ??= longer;
    else found.push(longer);
  }
  stop ??= refusalIn(found);
  const direct: Candidate = { ...around.asItIs(input, map), own: work, floor: work, stop };
  const candidates = around.few([direct, ...found]);
  const best = candidates.reduce((one, other) => (around.better(other, one) ? other : one), direct);
  const total = around.total(best);
  const spread = spreadOver(input, map, total, around);
  if (spread !== undefined) return { ...spread, candidates, best };
  const chosen = best === direct ? undefined : [best];
  return { candidates, chosen, best, terms: undefined, total };
}

/**
 * A factor and a shift a channel, behind a sum over several bases: in each of its convolutions, if all are
 * there for it alone.
 */
function spreadOver(
  input: Value,
  map: LinearMap,
  total: Work,
  around: Surroundings,
): Pick<Made, "chosen" | "terms" | "total"> | undefined {
  const terms = around.made.get(input)?.terms;
  if (terms === undefined || around.wires.reads(input) !== 1 || !isFactor(map)) return undefined;
  const spread: Candidate[] = [];
  for (const [i, term] of terms.entries()) {
    const own = isIdentity(term.map) ? ownBest(term, around) : term;
    if (own === undefined) return undefined;
    const longer = extended(own, i === 0 ? map : withoutShift(map), noWork, noWork, around);
    if (typeof longer === "string" || longer.refusal !== undefined) return undefined;
    spread.push(longer);
  }
  const work = plus(meetings(spread.length - 1), ...spread.map((term) => around.total(term)));
  return compareWork(work, total) < 0 ? { chosen: spread, terms: spread, total: work } : undefined;
}

/** The convolution that makes a value which only one sum reads. */
function ownBest({ base }: Candidate, around: Surroundings): Candidate | undefined {
  const best = around.made.get(base)?.best;
  return best !== undefined && around.wires.reads(base) === 1 && best.map.kind === "kernel"
    ? best
    : undefined;
}

/** True for a factor and a shift: one for all channels, or one for each. */
export function isFactor(map: LinearMap): boolean {
  return map.kind === "scalar" || (isPointwise(map.form) && map.form.groups === map.form.outChannels);
}
