import { EqualNumbers } from "./equal-numbers.js";
import type { Value } from "./graph.js";

/** A node's values: the first input, the first output, and all. */
export interface NodeValues {
  readonly input: number;
  readonly output: number;
  readonly ids: readonly number[];
}

/** Values are numbers here, in the order in which they were met. */
export class Inference {
  readonly #queue: (() => void)[] = [];
  readonly #ids = new Map<Value, number>();
  readonly #onePixel = new Set<number>();
  readonly #equations: {
    readonly terms: readonly (readonly [id: number, factor: number])[];
    readonly holds: () => boolean;
  }[] = [];
  readonly #matrices: (readonly [input: number, output: number])[] = [];
  readonly #flattenings: (readonly [input: number, output: number])[] = [];
  readonly #wide = new Set<number>();
  readonly #batched = new Set<number>();
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

  isBatched(value: Value): boolean {
    return this.#batched.has(this.ranks.root(this.id(value)));
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

  /** Images without their batch axis are refused here. */
  markBatched(id: number): void {
    this.#batched.add(id);
  }

  /** Features of one number each are refused here. */
  markWide(id: number): void {
    this.#wide.add(id);
  }

  /**
   * [batch, channels, 1, 1] becomes [batch, channels], and [channels, 1, 1], where that is let in,
   * [channels, 1].
   */
  flattening({ input, output }: NodeValues): void {
    this.#flattenings.push([input, output]);
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

  /**
   * The channels of some values, each times its factor, add up to 0.
   * @param holds asked once ranks are settled; false: they do not
   */
  equation(terms: readonly (readonly [id: number, factor: number])[], holds = (): boolean => true): void {
    this.#equations.push({ terms, holds });
  }

  /** A matrix on the last axis: the channels stay what they are, where that is another axis. */
  matrix({ input, output }: NodeValues): void {
    this.#matrices.push([input, output]);
  }

  /** Once all nodes are seen, ranks are settled; channels and features tell each other more. */
  solve(): void {
    this.#settleBatches();
    for (const id of this.#ids.values()) {
      // [batch, features] has one axis for both.
      if (this.ranks.get(id) === 0) equalise(this.channelCounts, id, this.featureCounts, id);
    }
    for (const [input, output] of this.#matrices) {
      if ((this.ranks.get(input) ?? 0) > 0) equalise(this.channelCounts, input, this.channelCounts, output);
    }
    for (const { terms, holds } of this.#equations) if (holds()) this.#watch(terms);
    for (let call = this.#queue.pop(); call !== undefined; call = this.#queue.pop()) call();
  }

  /** What has a batch axis is said of all that is one image with it: whatever has its number of axes. */
  #settleBatches(): void {
    const wide = new Set([...this.#wide].map((id) => this.featureCounts.root(id)));
    for (const [input, output] of this.#flattenings)
      if (this.isPixel(input) && wide.has(this.featureCounts.root(output))) this.#batched.add(input);
    for (const id of [...this.#batched]) this.#batched.add(this.ranks.root(id));
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

export function tell(numbers: EqualNumbers, id: number, number: number | undefined): void {
  if (number !== undefined) numbers.set(id, number);
}
