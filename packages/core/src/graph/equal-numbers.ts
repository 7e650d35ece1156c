/** Not known yet. */
const unknown = Number.NaN;
/** Two different numbers were given, so that none is known. */
const contradicted = Number.POSITIVE_INFINITY;

/**
 * Numbers of things of which some are known to be equal (union-find); the things are 0, 1, 2, ... What waits
 * for a number is called from one queue, so that long chains of conclusions need no deep recursion.
 */
export class EqualNumbers {
  readonly #parents: number[] = [];
  readonly #numbers: number[] = [];
  readonly #sizes: number[] = [];
  readonly #waiting = new Map<number, (() => void)[]>();
  readonly #queue: (() => void)[];

  /** @param queue of what is to be called; several of these objects can share one */
  constructor(queue: (() => void)[]) {
    this.#queue = queue;
  }

  /** Makes room for one thing more. */
  grow(): void {
    this.#parents.push(this.#parents.length);
    this.#numbers.push(unknown);
    this.#sizes.push(1);
  }

  /** The number of a thing; undefined where nothing tells it, or two things tell different numbers. */
  get(thing: number): number | undefined {
    const number = this.#numbers[this.root(thing)] as number;
    return Number.isFinite(number) ? number : undefined;
  }

  set(thing: number, number: number): void {
    const root = this.root(thing);
    const known = this.#numbers[root] as number;
    if (known === number) return;
    this.#numbers[root] = Number.isNaN(known) ? number : contradicted;
    for (const call of this.#waiting.get(root) ?? []) this.#queue.push(call);
    this.#waiting.delete(root);
  }

  unite(a: number, b: number): void {
    const [rootA, rootB] = [this.root(a), this.root(b)];
    if (rootA === rootB) return;
    const isLarger = (this.#sizes[rootA] as number) >= (this.#sizes[rootB] as number);
    const [winner, loser] = isLarger ? [rootA, rootB] : [rootB, rootA];
    this.#parents[loser] = winner;
    this.#sizes[winner] = (this.#sizes[winner] as number) + (this.#sizes[loser] as number);
    for (const call of this.#waiting.get(loser) ?? []) this.whenKnown(winner, call);
    this.#waiting.delete(loser);
    const number = this.#numbers[loser] as number;
    if (!Number.isNaN(number)) this.set(winner, number);
  }

  /** Calls once the thing's number is known, now or later. */
  whenKnown(thing: number, call: () => void): void {
    const root = this.root(thing);
    const waiting = this.#waiting.get(root);
    if (!Number.isNaN(this.#numbers[root])) this.#queue.push(call);
    else if (waiting === undefined) this.#waiting.set(root, [call]);
    else waiting.push(call);
  }

  /** The thing that stands for all that are equal to this one. */
  root(thing: number): number {
    let at = thing;
    for (;;) {
      const parent = this.#parents[at] as number;
      if (parent === at) return at;
      const next = this.#parents[parent] as number;
      this.#parents[at] = next;
      at = next;
    }
  }
}
