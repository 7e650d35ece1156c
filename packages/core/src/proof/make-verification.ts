import { getEngine, withReference } from "../engines/active.js";
import type { Module } from "../nn/module.js";
import { letShow } from "../shown.js";
import { maxAbsDiff, maxUlp } from "../tensor/compare.js";
import type { Tensor } from "../tensor/tensor.js";
import { type Wide, widened } from "./evaluation/wide.js";
import { lockstep, type PartCheck } from "./lockstep.js";
import type { Distance, Distances, Verification, VerifiedPart } from "./verification.js";
import { verificationText } from "./verification-text.js";

/** Runs both sides on one input after the other, and keeps what the verdict needs. */
export class Tally {
  readonly #parts = new Map<string, VerifiedPart>();
  readonly #rounded = new Errors();
  readonly #inUse = new Errors();
  #maxAbsDiff = 0;
  #maxUlp = 0;
  #shapes: readonly (readonly number[])[] | undefined;

  /** @param measured false: only the bounds are checked, and no distance is taken down */
  add(before: Module, after: Module, x: Tensor, measured: boolean): void {
    // First what the caller knows: a shape that does not fit is refused in the layer's own words.
    const [a, b] = measured ? [before.forward(x), after.forward(x)] : [];
    const checks: PartCheck[] = [];
    const exact = lockstep(before, after, widened(x), "", checks);
    for (const check of checks) this.#addPart(check, measured);
    if (a === undefined || b === undefined) return;
    if (String(a.shape) !== String(b.shape)) {
      this.#maxAbsDiff = Number.NaN;
      this.#shapes = [a.shape, b.shape];
      return;
    }
    this.#maxAbsDiff = larger(this.#maxAbsDiff, maxAbsDiff(a, b));
    this.#maxUlp = larger(this.#maxUlp, maxUlp(a, b));
    this.#inUse.add(exact, a, b);
    if (getEngine() === "reference") this.#rounded.add(exact, a, b);
    else withReference(() => this.#rounded.add(exact, before.forward(x), after.forward(x)));
  }

  verdict(inputs: number, training: readonly string[]): Verification {
    const parts = [...this.#parts.values()];
    const { before, after } = this.#rounded.distances();
    const worst = parts.reduce((most, part) => (part.worstRatio > most.worstRatio ? part : most), nothing);
    const apart = after.median - before.median;
    const verdict = {
      ok: !Number.isNaN(this.#maxAbsDiff) && worst.worstRatio <= 1,
      inputs,
      maxAbsDiff: this.#maxAbsDiff,
      maxUlp: this.#maxUlp,
      worst,
      parts,
      training,
      before,
      after,
      nearer: apart === 0 ? ("neither" as const) : apart < 0 ? ("after" as const) : ("before" as const),
      inUse: { engine: getEngine(), ...this.#inUse.distances() },
    };
    const shapes = this.#shapes;
    letShow(verdict, {
      text: () => verificationText(verdict, shapes),
      brief: () => "Verification",
      html: () => undefined,
    });
    return verdict;
  }

  #addPart({ path, before, after, bounds }: PartCheck, measured: boolean): void {
    const known = this.#parts.get(path) ?? { ...nothing, path };
    if (String(before.shape) !== String(after.shape)) {
      this.#parts.set(path, { path, maxAbsDiff: Number.NaN, bound: 0, worstRatio: Number.POSITIVE_INFINITY });
      return;
    }
    let { worstRatio, bound } = known;
    for (let i = 0; i < before.size; i++) {
      const limit = bounds[i] as number;
      const ratio = ratioOf(before.data[i] as number, after.data[i] as number, limit);
      if (ratio <= worstRatio) continue;
      worstRatio = ratio;
      bound = limit;
    }
    const difference = measured ? maxAbsDiff(before, after) : 0;
    this.#parts.set(path, { path, maxAbsDiff: larger(known.maxAbsDiff, difference), bound, worstRatio });
  }
}

/** How far both sides' outputs are from those in float64. */
class Errors {
  readonly #before: number[] = [];
  readonly #after: number[] = [];

  add(exact: Wide, before: Tensor, after: Tensor): void {
    exact.values.forEach((value, i) => {
      this.#before.push(Math.abs((before.data[i] as number) - value));
      this.#after.push(Math.abs((after.data[i] as number) - value));
    });
  }

  distances(): Distances {
    return { before: distance(this.#before), after: distance(this.#after) };
  }
}

const nothing: VerifiedPart = { path: "", maxAbsDiff: 0, bound: 0, worstRatio: 0 };

/**
 * |a - b| / bound; equal numbers are at 0, NaN is equal to nothing, and a bound that is not known is not
 * kept.
 */
function ratioOf(a: number, b: number, bound: number): number {
  if (a === b) return 0;
  const ratio = Math.abs(a - b) / bound;
  return Number.isNaN(ratio) || bound === Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : ratio;
}

/** The larger of two, NaN counting as larger than everything. */
function larger(a: number, b: number): number {
  return Number.isNaN(a) || a >= b ? a : b;
}

function distance(errors: readonly number[]): Distance {
  const sorted = Float64Array.from(errors).sort();
  const middle = Math.floor(sorted.length / 2);
  return { median: sorted[middle] ?? 0, max: sorted.at(-1) ?? 0 };
}
