import { EqualNumbers } from "./equal-numbers.js";
import type { Graph, Node, Value } from "./graph.js";
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
 * @param shapes [batch, channels, ...spatial] of some values, as far as they are known
 */
export function factsOf(graph: Graph, shapes: ReadonlyMap<Value, PartialShape> = new Map()): Facts {
  const inference = new Inference();
  for (const [value, shape] of shapes) inference.give(value, shape);
  for (const node of graph.nodes) applyRule(rules, node.op, node, inference);
  inference.solve();
  return inference;
}

class Inference implements Facts {
  readonly #queue: (() => void)[] = [];
  readonly ranks: EqualNumbers<Value> = new EqualNumbers(this.#queue);
  readonly channelCounts: EqualNumbers<Value> = new EqualNumbers(this.#queue);
  readonly featureCounts: EqualNumbers<Value> = new EqualNumbers(this.#queue);
  readonly #onePixel = new Set<Value>();
  readonly #values = new Set<Value>();
  readonly #equations: (readonly (readonly [value: Value, factor: number])[])[] = [];

  rank(value: Value): number | undefined {
    return this.ranks.get(value);
  }

  channels(value: Value): number | undefined {
    return this.channelCounts.get(value);
  }

  features(value: Value): number | undefined {
    return this.featureCounts.get(value);
  }

  isOnePixel(value: Value): boolean {
    return this.#onePixel.has(value);
  }

  give(value: Value, shape: PartialShape): void {
    if (shape.length < 2) return;
    this.#values.add(value);
    this.ranks.set(value, shape.length - 2);
    tell(this.channelCounts, value, shape[1]);
    tell(this.featureCounts, value, shape.at(-1));
  }

  /** All values of a node have one shape. */
  sameShape(node: Node): void {
    this.sameImage(node);
    const [first, ...others] = [...node.inputs, ...node.outputs] as [Value, ...Value[]];
    for (const other of others) this.featureCounts.unite(first, other);
    if (node.inputs.some((value) => this.#onePixel.has(value))) node.outputs.forEach(this.markOnePixel, this);
  }

  /** All values of a node have one number of axes, and one number of channels. */
  sameImage(node: Node): void {
    this.sameRank(node);
    const [first, ...others] = [...node.inputs, ...node.outputs] as [Value, ...Value[]];
    for (const other of others) this.channelCounts.unite(first, other);
  }

  sameRank({ inputs, outputs }: Node): void {
    const [first, ...others] = [...inputs, ...outputs] as [Value, ...Value[]];
    this.#values.add(first);
    for (const other of others) {
      this.#values.add(other);
      this.ranks.unite(first, other);
    }
  }

  markOnePixel(value: Value): void {
    this.#onePixel.add(value);
  }

  /** The channels of some values, each times its factor, add up to 0. */
  equation(terms: readonly (readonly [value: Value, factor: number])[]): void {
    this.#equations.push(terms);
  }

  solve(): void {
    for (const value of this.#values) this.ranks.whenKnown(value, () => this.#channelsAreFeatures(value));
    for (const terms of this.#equations) this.#watch(terms);
    for (let call = this.#queue.pop(); call !== undefined; call = this.#queue.pop()) call();
  }

  /** [batch, features] has one axis for both. */
  #channelsAreFeatures(value: Value): void {
    if (this.rank(value) !== 0) return;
    this.markOnePixel(value);
    equalise(this.channelCounts, value, this.featureCounts, value);
  }

  #watch(terms: readonly (readonly [value: Value, factor: number])[]): void {
    const { channelCounts } = this;
    const factors = new Map<Value, number>();
    for (const [value, factor] of terms) {
      const root = channelCounts.root(value);
      factors.set(root, (factors.get(root) ?? 0) + factor);
    }
    let unknown = factors.size;
    const solved = (): void => {
      const open = [...factors].filter(([value]) => channelCounts.get(value) === undefined);
      const [value, factor] = open[0] ?? [];
      if (open.length !== 1 || value === undefined || factor === undefined) return;
      let rest = 0;
      for (const [other, times] of factors) rest -= times * (channelCounts.get(other) ?? 0);
      const channels = rest / factor;
      if (Number.isSafeInteger(channels) && channels > 0) channelCounts.set(value, channels);
    };
    for (const value of factors.keys()) {
      channelCounts.whenKnown(value, () => {
        unknown--;
        if (unknown === 1) solved();
      });
    }
    if (unknown === 1) solved();
  }
}

/** Whichever of two numbers is known first tells the other. */
function equalise(a: EqualNumbers<Value>, keyA: Value, b: EqualNumbers<Value>, keyB: Value): void {
  a.whenKnown(keyA, () => tell(b, keyB, a.get(keyA)));
  b.whenKnown(keyB, () => tell(a, keyA, b.get(keyB)));
}

function tell(numbers: EqualNumbers<Value>, key: Value, number: number | undefined): void {
  if (number !== undefined) numbers.set(key, number);
}

/** The first input and the first output. */
function ends({ inputs, outputs }: Node): readonly [input: Value, output: Value] {
  return [inputs[0] as Value, outputs[0] as Value];
}

function image(node: Node, known: Inference, rank: number | undefined): void {
  known.sameImage(node);
  tell(known.ranks, node.inputs[0] as Value, rank);
}

function tellLength(numbers: EqualNumbers<Value>, value: Value, values: PerChannel): void {
  if (typeof values !== "number") numbers.set(value, values.length);
}

const rules: Rules<[node: Node, known: Inference], void> = {
  identity: (_op, node, known) => known.sameShape(node),
  conv: (op, node, known) => {
    const [input, output] = ends(node);
    known.sameRank(node);
    known.ranks.set(input, op.axes.length);
    known.channelCounts.set(input, op.inChannels);
    known.channelCounts.set(output, op.outChannels);
    const keepsPixels = op.axes.every(({ size, before, after }) => size === 1 && before === 0 && after === 0);
    if (keepsPixels && known.isOnePixel(input)) known.markOnePixel(output);
  },
  affine: (op, node, known) => {
    known.sameShape(node);
    const [input] = ends(node);
    tell(known.ranks, input, op.rank);
    const numbers = op.axis === "channels" ? known.channelCounts : known.featureCounts;
    for (const values of [op.before, op.factor, op.after]) tellLength(numbers, input, values);
  },
  matrix: (op, node, known) => {
    const [input, output] = ends(node);
    known.sameRank(node);
    tell(known.ranks, input, op.rank);
    known.featureCounts.set(input, op.inFeatures);
    known.featureCounts.set(output, op.outFeatures);
    known.ranks.whenKnown(input, () => {
      if (known.rank(input) !== 0) equalise(known.channelCounts, input, known.channelCounts, output);
    });
  },
  window: (op, node, known) => image(node, known, op.axes.length),
  adaptiveMean: (op, node, known) => {
    image(node, known, op.outputSize.length);
    const [, output] = ends(node);
    tell(known.featureCounts, output, op.outputSize.at(-1));
    if (op.outputSize.every((size) => size === 1)) known.markOnePixel(output);
  },
  pad: (op, node, known) => image(node, known, op.sides.length),
  map: (_op, node, known) => known.sameShape(node),
  slope: (op, node, known) => {
    known.sameShape(node);
    known.channelCounts.set(node.inputs[0] as Value, op.weight.shape[0] as number);
  },
  flatten: (_op, node, known) => {
    const [input, output] = ends(node);
    known.ranks.set(output, 0);
    if (known.isOnePixel(input)) known.channelCounts.unite(input, output);
  },
  shuffle: (op, node, known) => {
    const [input, output] = ends(node);
    known.sameRank(node);
    known.ranks.set(input, 2);
    known.equation([
      [input, -1],
      [output, op.factor ** 2],
    ]);
  },
  resize: (op, node, known) => image(node, known, op.factors.length),
  norm: (op, node, known) => {
    known.sameShape(node);
    const numbers = op.axis === "channels" ? known.channelCounts : known.featureCounts;
    tell(numbers, node.inputs[0] as Value, (op.weight ?? op.bias)?.shape[0]);
  },
  add: (_op, node, known) => known.sameShape(node),
  multiply: () => undefined,
  concat: (_op, node, known) => {
    known.sameRank(node);
    const [, output] = ends(node);
    known.equation([...node.inputs.map((input) => [input, 1] as const), [output, -1]]);
  },
  opaque: () => undefined,
};
