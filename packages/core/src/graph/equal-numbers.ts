/** One class of keys whose numbers are equal. */
interface Class {
  known: number | undefined;
  /** True: two different numbers were given, so that nothing is known. */
  contradicted: boolean;
  waiting: (() => void)[];
  size: number;
}

/**
 * Numbers of keys of which some are known to be equal (union-find). What waits for a number is called from one queue, so that long chains
 * of conclusions need no deep recursion.
 */
export class EqualNumbers<K> {
  readonly #parents = new Map<K, K>();
  readonly #classes = new Map<K, Class>();
  readonly #queue: (() => void)[];

  /** @param queue of what is to be called; several of these objects can share one */
  constructor(queue: (() => void)[]) {
    this.#queue = queue;
  }

  /** The number of a key; undefined where nothing tells it, or two things tell different numbers. */
  get(key: K): number | undefined {
    const found = this.#classOf(this.root(key));
    return found.contradicted ? undefined : found.known;
  }

  set(key: K, value: number): void {
    const found = this.#classOf(this.root(key));
    if (found.known === undefined) {
      found.known = value;
      for (const call of found.waiting) this.#queue.push(call);
      found.waiting = [];
    } else if (found.known !== value) {
      found.contradicted = true;
    }
  }

  unite(a: K, b: K): void {
    const [rootA, rootB] = [this.root(a), this.root(b)];
    if (rootA === rootB) return;
    const [one, other] = [this.#classOf(rootA), this.#classOf(rootB)];
    const [winner, loser, winnerRoot, loserRoot] =
      one.size >= other.size ? [one, other, rootA, rootB] : [other, one, rootB, rootA];
    this.#parents.set(loserRoot, winnerRoot);
    this.#classes.delete(loserRoot);
    winner.size += loser.size;
    winner.contradicted ||= loser.contradicted;
    for (const call of loser.waiting) this.#await(winner, call);
    if (loser.known !== undefined) this.set(winnerRoot, loser.known);
  }

  /** Calls once the key's number is known, now or later. */
  whenKnown(key: K, call: () => void): void {
    this.#await(this.#classOf(this.root(key)), call);
  }

  /** The key that stands for all that are equal to this one. */
  root(key: K): K {
    let at = key;
    for (;;) {
      const parent = this.#parents.get(at);
      if (parent === undefined) return at;
      const next = this.#parents.get(parent);
      if (next === undefined) return parent;
      this.#parents.set(at, next);
      at = next;
    }
  }

  #await(found: Class, call: () => void): void {
    if (found.known === undefined) found.waiting.push(call);
    else this.#queue.push(call);
  }

  #classOf(root: K): Class {
    const found = this.#classes.get(root);
    if (found !== undefined) return found;
    const made: Class = { known: undefined, contradicted: false, waiting: [], size: 1 };
    this.#classes.set(root, made);
    return made;
  }
}
