import { withReference } from "../engines/active.js";
import { isConnected } from "../nn/composition.js";
import { joiningOf } from "../nn/joining.js";
import { Sequential } from "../nn/layers/sequential.js";
import { joinPath, Module, operationOf, rebuilt } from "../nn/module.js";
import type { Tensor } from "../tensor/tensor.js";
import { evaluate } from "./evaluate.js";
import { evaluateOp } from "./evaluate-op.js";
import { narrowed, type Wide, widened } from "./wide.js";

/** A subtree and what replaced it, run on one input. */
export interface PartCheck {
  readonly path: string;
  readonly before: Tensor;
  readonly after: Tensor;
  /** How far apart rounding can bring each pair of outputs, where every layer sums in float64 and rounds once. */
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
  const joining = joiningOf(before);
  if (joining === "sequence" && joiningOf(after) === "sequence") {
    const pairs = alignment(before, after);
    if (pairs !== undefined) {
      return pairs.reduce((out, { name, a, b, asWhole }) => {
        const place = joinPath(path, name);
        return asWhole ? compare(a, b, out, place, checks) : lockstep(a, b, out, place, checks);
      }, x);
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

function compare(before: Module, after: Module, x: Wide, path: string, checks: PartCheck[]): Wide {
  const [a, b] = [evaluate(before, x), evaluate(after, x)];
  // The layers get what reaches them rounded to float32, both the same: one rounding in front of all that the bounds count.
  const input = narrowed(x);
  const bounds = a.errors.map((error, i) => slack * (error + (b.errors[i] ?? 0)));
  // The reference engine's sums are exact: what is compared is the fusion, not the order in which an engine adds.
  const [outBefore, outAfter] = withReference(() => [before.forward(input), after.forward(input)] as const);
  checks.push({ path, before: outBefore, after: outAfter, bounds });
  return withoutErrors(a);
}

/** The same composition on both sides: only its children can differ. */
function childByChild(before: Module, after: Module, x: Wide, path: string, checks: PartCheck[]): Wide {
  const others = after.children();
  const step = (name: string, child: Module, input: Wide): Wide =>
    lockstep(child, others.get(name) as Module, input, joinPath(path, name), checks);
  const children = before.children();
  if (isConnected(before)) {
    return before.connect(x, {
      child: (name, input) => step(name, children.get(name) as Module, input),
      meet: (op, inputs) => withoutErrors(evaluateOp(op, inputs)),
    });
  }
  // What it does with them is its own affair: it runs in float32, and each child is met by what it is given.
  const watched = [...children].map(
    ([name, child]) => [name, new Watched((input) => narrowed(step(name, child, widened(input))))] as const,
  );
  return widened(rebuilt(before, new Map(), new Map(watched)).forward(narrowed(x)));
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
  readonly name: string;
  readonly a: Module;
  readonly b: Module;
  /** True: the two are equal only as wholes. */
  readonly asWhole: boolean;
}

/** Which neighbours of a sequence became which layer of the other: it bears the first one's name. */
function alignment(before: Module, after: Module): readonly Pair[] | undefined {
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
  const pairs: Pair[] = [];
  for (const [i, [name, module]] of now.entries()) {
    const run = old.slice(starts[i], starts[i + 1]);
    if (isEmptied(module) && !run.every(([, one]) => isEmptied(one))) {
      // What stood here has moved further down: only the rest as a whole is the same.
      pairs.push({ name, a: sequenceOf(old.slice(starts[i])), b: sequenceOf(now.slice(i)), asWhole: true });
      break;
    }
    pairs.push({ name, a: sequenceOf(run), b: module, asWhole: false });
  }
  return pairs;
}

function isEmptied(module: Module): boolean {
  return operationOf(module)?.kind === "identity";
}

function sequenceOf(run: readonly (readonly [name: string, module: Module])[]): Module {
  const [first, ...rest] = run;
  return first !== undefined && rest.length === 0 ? first[1] : new Sequential(Object.fromEntries(run));
}

function withoutErrors(x: Wide): Wide {
  return { ...x, errors: new Float64Array(x.values.length) };
}
