import { resizeRank } from "../ops/resize-axis.js";
import { EqualNumbers } from "./equal-numbers.js";
import type { Graph, Value } from "./graph.js";
import { applyRule, type PerChannel, type Rules } from "./op.js";
import type { PartialShape } from "./shapes.js";

/** What is known of a value without running anything; undefined: nothing tells. */
export interface Facts {
  /** The number of spatial axes; 0: features, [batch, channels]. */
  rank(value: Value): number | undefined;
  /** The size of axis 1. */
  channels(value: Value): number | undefined;
  /** The size of the last axis. */
  features(value: Value): number | undefined;
  /** True: all spatial axes have size 1, as after global pooling. */
  isOnePixel(value: Value): boolean;
}

/**
 * Infers ranks, channels and features of every value: from what reads it and what makes it, from its siblings in a sum, from the other
 * parts of a concatenation, and from given shapes. Where nodes contradict each other, the value stays unknown.
 *
 * @param graph a network without shapes
 * @param shapes [batch, channels, ...spatial] of some values, as far as they are known
 * @returns what can be asked of each value of the graph
 * @example
 * const graph = new GraphBuilder();
 * const x = graph.input("x");
 * const y = graph.add({ kind: "identity" }, [x], "skip");
 * factsOf(graph.finish([y]), new Map([[x, [1, 2, undefined, undefined]]])).channels(y); // 2
 */
export function factsOf(graph: Graph, shapes: ReadonlyMap<Value, PartialShape> = new Map()): Facts {
  const inference = new Inference();
  for (const [value, shape] of shapes) inference.give(inference.id(value), shape);
  for (const { op, inputs, outputs } of graph.nodes) {
    if (op.kind === "opaque" || op.kind === "multiply") continue;
    const ids = [...inputs, ...outputs].map((value) => inference.id(value));
    applyRule(rules, op, { ids, input: ids[0] as number, output: ids[inputs.length] as number }, inference);
  }
  inference.solve();
  return inference;
}

/** Values are numbers here, in the order in which they were met. */
class Inference implements Facts {
  readonly #queue: (() => void)[] = [];
  readonly #ids = new Map<Value, number>();
  readonly #onePixel = new Set<number>();
  readonly #equations: (readonly (readonly [id: number, factor: number])[])[] = [];
  readonly #matrices: (readonly [input: number, output: number])[] = [];
  readonly ranks: EqualNumbers = new EqualNumbers(this.#queue);
  readonly channelCounts: EqualNumbers = new EqualNumbers(this.#queue);
  readonly featureCounts: EqualNumbers = new EqualNumbers(this.#queue);

  rank(value: Value): number | undefined {
    return this.ranks.get(this.id(value));
  }

  channels(value: Value): number | undefined {
    return this.channelCounts.get(this.id(value));
  }

  features(value: Value): number | undefined {
    return this.featureCounts.get(this.id(value));
  }

  isOnePixel(value: Value): boolean {
    return this.isPixel(this.id(value));
  }

  id(value: Value): number {
    const known = this.#ids.get(value);
    if (known !== undefined) return known;
    const id = this.#ids.size;
    this.#ids.set(value, id);
    for (const numbers of [this.ranks, this.channelCounts, this.featureCounts]) numbers.grow();
    return id;
  }

  isPixel(id: number): boolean {
    return this.#onePixel.has(id) || this.ranks.get(id) === 0;
  }

  markPixel(id: number): void {
    this.#onePixel.add(id);
  }

  give(id: number, shape: readonly (number | undefined)[]): void {
    if (shape.length < 2) return;
    this.ranks.set(id, shape.length - 2);
    tell(this.channelCounts, id, shape[1]);
    tell(this.featureCounts, id, shape.at(-1));
  }

  /** All values of a node have one shape. */
  sameShape(values: NodeValues): void {
    this.sameImage(values);
    for (const id of values.ids) this.featureCounts.unite(values.input, id);
    if (values.ids.some((id) => this.#onePixel.has(id))) this.markPixel(values.output);
  }

  /** All values of a node have one number of axes, and one number of channels. */
  sameImage(values: NodeValues): void {
    this.sameRank(values);
    for (const id of values.ids) this.channelCounts.unite(values.input, id);
  }

  sameRank({ input, ids }: NodeValues): void {
    for (const id of ids) this.ranks.unite(input, id);
  }

  /** The channels of some values, each times its factor, add up to 0. */
  equation(terms: readonly (readonly [id: number, factor: number])[]): void {
    this.#equations.push(terms);
  }

  /** A matrix on the last axis: the channels stay what they are, where that is another axis. */
  matrix({ input, output }: NodeValues): void {
    this.#matrices.push([input, output]);
  }

  /** Once all nodes are seen, ranks are settled; channels and features tell each other more. */
  solve(): void {
    for (const id of this.#ids.values()) {
      // [batch, features] has one axis for both.
      if (this.ranks.get(id) === 0) equalise(this.channelCounts, id, this.featureCounts, id);
    }
    for (const [input, output] of this.#matrices) {
      if ((this.ranks.get(input) ?? 0) > 0) equalise(this.channelCounts, input, this.channelCounts, output);
    }
    for (const terms of this.#equations) this.#watch(terms);
    for (let call = this.#queue.pop(); call !== undefined; call = this.#queue.pop()) call();
  }

  #watch(terms: readonly (readonly [id: number, factor: number])[]): void {
    const { channelCounts } = this;
    const factors = new Map<number, number>();
    for (const [id, factor] of terms) {
      const root = channelCounts.root(id);
      factors.set(root, (factors.get(root) ?? 0) + factor);
    }
    let missing = factors.size;
    const solved = (): void => {
      const open = [...factors].filter(([id]) => channelCounts.get(id) === undefined);
      const [id, factor] = open[0] ?? [];
      if (open.length !== 1 || id === undefined || factor === undefined) return;
      let rest = 0;
      for (const [other, times] of factors) rest -= times * (channelCounts.get(other) ?? 0);
      const channels = rest / factor;
      if (Number.isSafeInteger(channels) && channels > 0) channelCounts.set(id, channels);
    };
    for (const id of factors.keys()) {
      channelCounts.whenKnown(id, () => {
        missing--;
        if (missing === 1) solved();
      });
    }
    if (missing === 1) solved();
  }
}

/** Whichever of two numbers is known first tells the other. */
function equalise(a: EqualNumbers, idA: number, b: EqualNumbers, idB: number): void {
  a.whenKnown(idA, () => tell(b, idB, a.get(idA)));
  b.whenKnown(idB, () => tell(a, idA, b.get(idB)));
}

function tell(numbers: EqualNumbers, id: number, number: number | undefined): void {
  if (number !== undefined) numbers.set(id, number);
}

/** A node's values: the first input, the first output, and all. */
interface NodeValues {
  readonly input: number;
  readonly output: number;
  readonly ids: readonly number[];
}

function image(values: NodeValues, known: Inference, rank: number): void {
  known.sameImage(values);
  known.ranks.set(values.input, rank);
}

function tellLength(numbers: EqualNumbers, id: number, values: PerChannel): void {
  if (typeof values !== "number") numbers.set(id, values.length);
}

const rules: Rules<[values: NodeValues, known: Inference], void> = {
  identity: (_op, values, known) => known.sameShape(values),
  conv: (op, values, known) => {
    const { input, output } = values;
    known.sameRank(values);
    known.ranks.set(input, op.axes.length);
    known.channelCounts.set(input, op.inChannels);
    known.channelCounts.set(output, op.outChannels);
    const keepsPixels = op.axes.every(({ size, before, after }) => size === 1 && before === 0 && after === 0);
    if (keepsPixels && known.isPixel(input)) known.markPixel(output);
  },
  affine: (op, values, known) => {
    known.sameShape(values);
    if (op.ranks?.length === 1) tell(known.ranks, values.input, op.ranks[0]);
    const numbers = op.axis === "channels" ? known.channelCounts : known.featureCounts;
    for (const one of [op.before, op.factor, op.after]) tellLength(numbers, values.input, one);
  },
  matrix: (op, values, known) => {
    known.sameRank(values);
    tell(known.ranks, values.input, op.rank);
    known.featureCounts.set(values.input, op.inFeatures);
    known.featureCounts.set(values.output, op.outFeatures);
    known.matrix(values);
  },
  window: (op, values, known) => image(values, known, op.axes.length),
  adaptiveMean: (op, values, known) => {
    image(values, known, op.outputSize.length);
    tell(known.featureCounts, values.output, op.outputSize.at(-1));
    if (op.outputSize.every((size) => size === 1)) known.markPixel(values.output);
  },
  pad: (op, values, known) => image(values, known, op.sides.length),
  map: (_op, values, known) => known.sameShape(values),
  slope: (op, values, known) => {
    known.sameShape(values);
    // One slope serves any number of channels.
    const slopes = op.weight.shape[0] as number;
    if (slopes > 1) known.channelCounts.set(values.input, slopes);
  },
  flatten: (_op, { input, output }, known) => {
    known.ranks.set(output, 0);
    if (known.isPixel(input)) known.channelCounts.unite(input, output);
  },
  shuffle: (op, values, known) => {
    known.sameRank(values);
    known.ranks.set(values.input, 2);
    known.equation([
      [values.input, -1],
      [values.output, op.factor ** 2],
    ]);
  },
  resize: (op, values, known) => {
    known.sameImage(values);
    tell(known.ranks, values.input, resizeRank(op));
  },
  norm: (op, values, known) => {
    known.sameShape(values);
    const numbers = op.axis === "channels" ? known.channelCounts : known.featureCounts;
    numbers.set(values.input, op.channels);
  },
  add: (_op, values, known) => known.sameShape(values),
  multiply: () => undefined,
  concat: (_op, values, known) => {
    known.sameRank(values);
    known.equation(values.ids.map((id) => [id, id === values.output ? -1 : 1] as const));
  },
  opaque: () => undefined,
};
