/**
 * A value that the work sees which was started under it. Nothing in a browser follows work through an
 * `await`: what goes on after one counts to whoever's turn was the last to begin, a cell's or that of a
 * timer, which keeps the value that it was set under.
 */
export class Context<T> {
  static readonly #all: Context<unknown>[] = [];
  #value: T | undefined;

  constructor() {
    Context.#all.push(this as Context<unknown>);
  }

  get(): T | undefined {
    return this.#value;
  }

  run<R>(value: T, work: () => R): R {
    this.#value = value;
    return work();
  }

  /** Gives back the function that runs others under what is seen now. */
  static captured(): <R>(work: () => R) => R {
    const values = Context.#all.map((context) => context.#value);
    return (work) => {
      Context.#all.forEach((context, at) => {
        context.#value = values[at];
      });
      return work();
    };
  }
}

/** Makes timers keep the context that they were set in. */
export function followTimers(): void {
  for (const name of ["setTimeout", "setInterval", "queueMicrotask"] as const) {
    const original = globalThis[name] as (work: unknown, ...rest: readonly unknown[]) => unknown;
    const following = (work: unknown, ...rest: readonly unknown[]): unknown => {
      if (typeof work !== "function") return original(work, ...rest);
      const within = Context.captured();
      return original((...parameters: readonly unknown[]) => within(() => work(...parameters)), ...rest);
    };
    Object.defineProperty(following, "name", { value: name });
    Object.defineProperty(globalThis, name, { value: following, configurable: true, writable: true });
  }
}
