import { Concat } from "../nn/concat.js";
import type { Module } from "../nn/module.js";
import { joinPath } from "../nn/module.js";
import { Sequential } from "../nn/sequential.js";
import { Sum } from "../nn/sum.js";
import type { Tensor } from "../tensor/tensor.js";
import { addWide, evaluate, joinWide } from "./evaluate.js";
import { narrowed, type Wide, widened } from "./wide.js";

/** A subtree and what replaced it, run on one input. */
export interface PartCheck {
  readonly path: string;
  readonly before: Tensor;
  readonly after: Tensor;
  /** How far apart float32 rounding can bring each pair of outputs. */
  readonly bounds: Float64Array;
}

/**
 * Goes through two trees side by side, down to the subtrees in which they differ, and runs those, each on what reaches it.
 * @param x what reaches this place in a float64 evaluation of `before`
 * @param checks gets an entry for each subtree that differs
 * @returns the float64 evaluation of `before`
 */
export function lockstep(before: Module, after: Module, x: Wide, path: string, checks: PartCheck[]): Wide {
  if (before === after) return withoutErrors(evaluate(before, x));
  if (before.forward === after.forward) {
    if (before.forward === Sequential.prototype.forward) {
      const pairs = alignment(before, after);
      if (pairs !== undefined) {
        return pairs.reduce((out, [name, a, b]) => lockstep(a, b, out, joinPath(path, name), checks), x);
      }
    }
    const meet =
      before.forward === Sum.prototype.forward
        ? addWide
        : before.forward === Concat.prototype.forward
          ? joinWide
          : undefined;
    const names = [...after.children().keys()];
    if (meet !== undefined && String([...before.children().keys()]) === String(names)) {
      const branches = [...before.children()].map(([name, child]) =>
        lockstep(child, after.children().get(name) as Module, x, joinPath(path, name), checks),
      );
      return withoutErrors(meet(branches));
    }
  }
  // Both sides get the same float32 input, and their float64 evaluations start from it.
  const input = narrowed(x);
  const [a, b] = [evaluate(before, widened(input)), evaluate(after, widened(input))];
  const bounds = a.errors.map((error, i) => error + (b.errors[i] ?? 0));
  checks.push({ path, before: before.forward(input), after: after.forward(input), bounds });
  return withoutErrors(evaluate(before, x));
}

/** Which neighbours of a sequence became which layer of the other: it bears the first one's name. */
function alignment(
  before: Module,
  after: Module,
): readonly (readonly [string, Module, Module])[] | undefined {
  const old = [...before.children()];
  const now = [...after.children()];
  const starts = now.map(([name]) => old.findIndex(([oldName]) => oldName === name));
  if (
    old.length === 0 ||
    starts.some((start, i) => start < 0 || start <= (starts[i - 1] ?? -1)) ||
    starts[0] !== 0
  ) {
    return undefined;
  }
  return now.map(([name, module], i) => {
    const run = old.slice(starts[i], starts[i + 1]);
    return [
      name,
      run.length === 1 ? (run[0] as (typeof run)[number])[1] : new Sequential(Object.fromEntries(run)),
      module,
    ];
  });
}

function withoutErrors(x: Wide): Wide {
  return { ...x, errors: new Float64Array(x.values.length) };
}
