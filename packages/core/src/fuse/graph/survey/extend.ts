import type { Value } from "../../../graph/graph.js";
import { sequenceOf } from "../maps/combine-maps.js";
import type { LinearMap } from "../maps/linear-map.js";
import { behind, noWork, plus, type Work } from "../maps/work.js";
import { attempted, type Candidate, type Made } from "./candidate.js";
import type { Surroundings } from "./surroundings.js";

/**
 * A way to a value, and a map of that value, as one candidate; or why not.
 * @param work the least that the map takes
 * @param own what it takes as one layer
 * @param starts whether it is the first part of a unit
 */
export function extended(
  way: Candidate,
  map: LinearMap,
  work: Work,
  own: Work,
  around: Surroundings,
  starts = false,
): Candidate | string {
  const merged = attempted(() => sequenceOf(way.map, map, around.baseFacts(way.base)));
  if (typeof merged === "string") return merged;
  // What was refused for its zeros still has them; what was taken has become the layer that the next one is
  // held against.
  const refused = way.refusal !== undefined && way.unit !== "whole";
  const mixed = groupsDiffer(way.map, map) || (way.mixed && refused);
  const { base, uses, shared, stop } = way;
  return around.candidate(
    { base, map: merged, uses, mixed, shared, stop, unit: undefined },
    plus(behind(way.floor, map), work),
    plus(behind(refused ? way.floor : way.own, map), own),
    starts || way.unit === "part",
  );
}

function groupsDiffer(a: LinearMap, b: LinearMap): boolean {
  return a.kind === "kernel" && b.kind === "kernel" && a.form.groups !== b.form.groups;
}

/** A candidate, and where it has its base to itself: the same from what that is computed from. */
export function reaching(candidate: Candidate, around: Surroundings): readonly Candidate[] {
  if (!around.ownsBase(candidate)) return [candidate];
  const found: Candidate[] = [];
  let { stop } = candidate;
  for (const way of around.made.get(candidate.base)?.candidates ?? []) {
    const longer = extended(way, candidate.map, candidate.floor, candidate.own, around);
    if (typeof longer === "string") stop ??= longer;
    else found.push(longer);
  }
  return [{ ...candidate, stop: stop ?? refusalIn(found) }, ...found];
}

/** The first reason why one of some candidates is not to be used by itself. */
export function refusalIn(candidates: readonly Candidate[]): string | undefined {
  return candidates.find((candidate) => candidate.refusal !== undefined)?.refusal;
}

/** What is known of a value that is one map of several values, or as its node says with that much work. */
export function madeOf(
  candidates: readonly Candidate[],
  total: Work,
  why: string,
  around: Surroundings,
): Made {
  let best: Candidate | undefined;
  let least = total;
  for (const candidate of candidates) {
    if (candidate.refusal !== undefined || candidate.shared) continue;
    const work = around.total(candidate);
    if (work.layers > least.layers || (best === undefined && work.layers === least.layers)) continue;
    if (best !== undefined && !around.better(candidate, best)) continue;
    best = candidate;
    least = work;
  }
  const chosen = best && [best];
  const reason = refusalIn(candidates) ?? why;
  return { candidates, chosen, best, terms: undefined, total: least, why: chosen ? undefined : reason };
}

/** The work of a value for a reader that has it to itself. */
export function totalOf(value: Value, around: Surroundings): Work {
  return around.wires.reads(value) === 1 ? (around.made.get(value)?.total ?? noWork) : noWork;
}
