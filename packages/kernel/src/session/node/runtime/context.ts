import { AsyncLocalStorage } from "node:async_hooks";

/** A value that all work sees which was started under it, also long after. */
export class Context<T> {
  readonly #storage = new AsyncLocalStorage<T>();

  get(): T | undefined {
    return this.#storage.getStore();
  }

  run<R>(value: T, work: () => R): R {
    return this.#storage.run(value, work);
  }
}
