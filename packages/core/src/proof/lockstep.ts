import { withReference } from "../engines/active.js";
import { ShapeError, unlessThrown } from "../errors.js";
import { isConnected } from "../nn/composition.js";
import { joiningOf } from "../nn/joining.js";
import { operationOf } from "../nn/layer.js";
import { Sequential } from "../nn/layers/sequential.js";
import { isAtOrBelow, joinPath, Module, rebuilt } from "../nn/module.js";
import type { Tensor } from "../tensor/tensor.js";
import { evaluate } from "./evaluation/evaluate.js";
import { evaluateOp } from "./evaluation/evaluate-op.js";
import { float32Layers, narrowed, type Wide, widened } from "./evaluation/wide.js";

/** A subtree and what replaced it, run on one input. */
export interface PartCheck {
  readonly path: string;
  readonly before: Tensor;
  readonly after: Tensor;
  /**
   * How far apart rounding can bring each pair of outputs, where every layer sums in float64 and rounds once.
   */
  readonly bounds: Float64Array;
}

/**
 * Goes through two trees side by side, down to the subtrees in which they differ, and runs those, each on
 * what reaches it.
 * @param x what reaches this place in a float64 evaluation of `before`
 * @param checks gets an entry for each subtree that differs
 * @returns the float64 evaluation of `before`
 */
export function lockstep(before: Module, after: Module, x: Wide, path: string, checks: PartCheck[]): Wide {
  if (before === after) return withoutErrors(evaluate(before, x));
  const joining = joiningOf(before);
  if (joining === "sequence") {
    const pairs = alignment(before, after, path);
    if (pairs !== undefined) {
      const own: PartCheck[] = [];
      const out = inPairs(pairs, x, own);
      // A name may stand for other neighbours than it did: then only the sequences are alike.
      if (out === undefined || own.some(isApart)) return compare(before, after, x, path, checks);
      checks.push(...own);
      return out;
    }
  } else if (
    joining === joiningOf(after) &&
    before.forward === after.forward &&
    isSameWiring(before, after) &&
    before.children().size > 0 &&
    String([...before.children().keys()]) === String([...after.children().keys()])
  ) {
    return childByChild(before, after, x, path, checks);
  }
  return compare(before, after, x, path, checks);
}

/**
 * Goes through neighbours one after another; undefined: the shapes of two do not fit, so that they are not
 * what they were taken for.
 */
function inPairs(pairs: readonly Pair[], x: Wide, checks: PartCheck[]): Wide | undefined {
  const all = (): Wide =>
    pairs.reduce(
      (out, { place, a, b, asWhole }) =>
        asWhole ? compare(a, b, out, place, checks) : lockstep(a, b, out, place, checks),
      x,
    );
  return unlessThrown(ShapeError, all, () => undefined);
}

function compare(before: Module, after: Module, x: Wide, path: string, checks: PartCheck[]): Wide {
  const [a, b] = [evaluate(before, x), evaluate(after, x)];
  // The layers get what reaches them rounded to float32, both the same: one rounding in front of all that the
  // bounds count.
  const input = narrowed(x);
  // Of an unknown error times a weight of zero nothing is known either; it is NaN.
  const bounds = a.errors.map((error, i) => {
    const bound = slack * (error + (b.errors[i] ?? 0));
    const isKnown = !Number.isNaN(bound) || Number.isNaN(a.values[i]) || Number.isNaN(b.values[i]);
    return isKnown ? bound : Number.POSITIVE_INFINITY;
  });
  // The reference engine's sums are exact: what is compared is the fusion, not the order in which an engine
  // adds.
  const [outBefore, outAfter] = withReference(() => [before.forward(input), after.forward(input)] as const);
  checks.push({ path, before: outBefore, after: outAfter, bounds });
  return withoutErrors(a);
}

/** The same composition on both sides: its children are compared, each with its like. */
function childByChild(before: Module, after: Module, x: Wide, path: string, checks: PartCheck[]): Wide {
  const others = after.children();
  const own: PartCheck[] = [];
  const step = (name: string, child: Module, input: Wide): Wide =>
    lockstep(child, others.get(name) as Module, input, joinPath(path, name), own);
  const out = throughChildren(before, x, step);
  // Branches of a sum may have been merged into others of it: then only the sums are alike.
  const places = new Set([...others.keys()].map((name) => joinPath(path, name)));
  const isMerged =
    joiningOf(before) === "add" && own.some((check) => places.has(check.path) && isApart(check));
  if (isMerged) return compare(before, after, x, path, checks);
  checks.push(...own);
  return out;
}

function throughChildren(
  module: Module,
  x: Wide,
  step: (name: string, child: Module, input: Wide) => Wide,
): Wide {
  const children = module.children();
  if (isConnected(module)) {
    return module.connect(x, {
      child: (name, input) => step(name, children.get(name) as Module, input),
      meet: (op, inputs) => withoutErrors(evaluateOp(op, inputs, float32Layers)),
    });
  }
  // What it does with them is its own affair: it runs in float32, and each child is met by what it is given.
  const watched = [...children].map(
    ([name, child]) => [name, new Watched((input) => narrowed(step(name, child, widened(input))))] as const,
  );
  return widened(rebuilt(module, new Map(), new Map(watched)).forward(narrowed(x)));
}

/** Whether two outputs are not equal within their bounds. */
function isApart({ before, after, bounds }: PartCheck): boolean {
  if (String(before.shape) !== String(after.shape)) return true;
  return before.data.some(
    (value, i) => !(Math.abs(value - (after.data[i] as number)) <= (bounds[i] as number)),
  );
}

/** Whether both connect their children alike. */
function isSameWiring(before: Module, after: Module): boolean {
  return !isConnected(before) || (isConnected(after) && before.connect === after.connect);
}

/** Stands in for a child and sees what it is given. */
class Watched extends Module {
  readonly #run: (x: Tensor) => Tensor;

  constructor(run: (x: Tensor) => Tensor) {
    super();
    this.#run = run;
  }

  override forward(x: Tensor): Tensor {
    return this.#run(x);
  }

  override rebuild(): Watched {
    return this;
  }
}

/** For the products of roundings, which the bounds leave out. */
const slack = 1 + 2 ** -20;

interface Pair {
  readonly place: string;
  readonly a: Module;
  readonly b: Module;
  /** True: the two are equal only as wholes. */
  readonly asWhole: boolean;
}

/** One thing after another, in a sequence and in the sequences in it. */
interface Unit {
  readonly path: string;
  readonly module: Module;
}

function unitsOf(module: Module, path: string): readonly Unit[] {
  if (joiningOf(module) !== "sequence") return [{ path, module }];
  return [...module.children()].flatMap(([name, child]) => unitsOf(child, joinPath(path, name)));
}

/**
 * Which neighbours became which layer of the other side: it bears the first one's name, or that of a sequence
 * which begins with it.
 */
function alignment(before: Module, after: Module, path: string): readonly Pair[] | undefined {
  const old = unitsOf(before, path);
  const now = unitsOf(after, path);
  if (now.length === 1 && now[0]?.module === after) return undefined;
  const starts: number[] = [];
  for (const unit of now) {
    const from = (starts.at(-1) ?? -1) + 1;
    const isAt = (path: string): boolean => isAtOrBelow(path, unit.path) || isAtOrBelow(unit.path, path);
    const at = old.findIndex((one, i) => i >= from && isAt(one.path));
    if (at < 0) return undefined;
    starts.push(at);
  }
  if (starts[0] !== 0) return undefined;
  const pairs: Pair[] = [];
  for (const [i, { path: place, module }] of now.entries()) {
    const run = old.slice(starts[i], starts[i + 1]);
    if (isEmptied(module) && !run.every((one) => isEmptied(one.module))) {
      // What stood here has moved further down: only the rest as a whole is the same.
      pairs.push({ place, a: sequenceOf(old.slice(starts[i])), b: sequenceOf(now.slice(i)), asWhole: true });
      break;
    }
    // The name of what stood there, where a layer inside it stands for it now.
    const stood = run[0]?.path ?? place;
    pairs.push({
      place: isAtOrBelow(place, stood) ? stood : place,
      a: sequenceOf(run),
      b: module,
      asWhole: false,
    });
  }
  return pairs;
}

function isEmptied(module: Module): boolean {
  return operationOf(module)?.kind === "identity";
}

function sequenceOf(run: readonly Unit[]): Module {
  const [first, ...rest] = run;
  return first !== undefined && rest.length === 0
    ? first.module
    : new Sequential(run.map(({ module }) => module));
}

function withoutErrors(x: Wide): Wide {
  return { ...x, errors: new Float64Array(x.values.length) };
}
