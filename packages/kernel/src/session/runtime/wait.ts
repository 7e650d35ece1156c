const { defineProperty } = Reflect;
// A cell may put something else in its place.
const NativePromise = Promise;

/** Makes an `await` of a promise of our own take it as it is, whatever a cell has made of `Promise`. */
export function pinned<T>(promise: Promise<T>): Promise<T> {
  defineProperty(promise, "constructor", { __proto__: null, value: NativePromise } as PropertyDescriptor);
  return promise;
}

/** Waits for a cell's work, until it is stopped. */
export class Wait {
  readonly #settled: () => void;
  #reason: Error | undefined;
  #reject: (error: Error) => void = () => {};

  /** @param settled called when work has ended, before anybody hears of it */
  constructor(settled: () => void) {
    this.#settled = settled;
  }

  /** Ends this wait, and those that would follow. */
  stop(error: Error): void {
    this.#reason ??= error;
    this.#reject(error);
  }

  /** @throws the reason, once it was stopped */
  check(): void {
    if (this.#reason) throw this.#reason;
  }

  /**
   * What the work gives, unless it is stopped first. `Promise.race`, without what a cell can have replaced.
   */
  on<T>(work: Promise<T>): Promise<T> {
    const wait = new NativePromise<T>((resolve, reject) => {
      this.#reject = reject;
      if (this.#reason) reject(this.#reason);
      this.#follow(work, resolve, reject);
    });
    return pinned(wait);
  }

  async #follow<T>(
    work: Promise<T>,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ): Promise<void> {
    try {
      const value = await pinned(work);
      this.#settled();
      resolve(value);
    } catch (error) {
      reject(error);
    }
  }
}
