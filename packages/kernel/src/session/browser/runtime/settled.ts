import { inspect, isProxy } from "./inspect.js";
import { later } from "./later.js";

/** How a promise has ended. */
interface Ending {
  readonly promise: Promise<unknown>;
  readonly value: unknown;
  readonly isRejected: boolean;
}

// Cells may put something else in their places.
const { apply, defineProperty, deleteProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;
const promisePrototype = Promise.prototype;
const { then } = promisePrototype;
const { forEach: forEachOfMap } = Map.prototype;
const { forEach: forEachOfSet } = Set.prototype;
const { isArray } = Array;

/** As deep as values are shown. */
const deepest = 4;
/** Items of a list, and objects in all, that are looked into. */
const mostItems = 100;
const mostObjects = 1000;

/**
 * The text of a value whose promises are shown as they have ended, `Promise { 3 }`, as Node shows them. A
 * page's JavaScript learns that only by waiting: so a result's promises are asked before its text is made.
 * What `console.log` prints at once has no time for it.
 */
export async function withEndings(value: unknown, text: () => string): Promise<string> {
  const find = finder();
  const promises = find(value);
  if (promises.length === 0) return text();
  const endings = await endingsOf(promises, find);
  for (const { promise, ...ending } of endings)
    defineProperty(promise, inspect.custom, { configurable: true, value: () => standIn(ending) });
  try {
    return withoutStandIns(text());
  } finally {
    for (const { promise } of endings) deleteProperty(promise, inspect.custom);
  }
}

/** Finds the promises that the text of values would show, each once. No getter and no trap is run. */
function finder(): (value: unknown) => readonly Promise<unknown>[] {
  const seen = new Set<object>();
  return (value) => {
    const promises: Promise<unknown>[] = [];
    const look = (item: unknown, depth: number): void => {
      if (typeof item !== "object" || item === null || isProxy(item)) return;
      if (seen.has(item) || seen.size >= mostObjects || depth > deepest) return;
      seen.add(item);
      if (isPlainPromise(item)) promises.push(item);
      else for (const inner of contentsOf(item)) look(inner, depth + 1);
    };
    look(value, 0);
    return promises;
  };
}

/** One that shows nothing but how it ended. */
function isPlainPromise(item: object): item is Promise<unknown> {
  return getPrototypeOf(item) === promisePrototype && ownKeys(item).length === 0 && Object.isExtensible(item);
}

function contentsOf(item: object): readonly unknown[] {
  if (ArrayBuffer.isView(item)) return [];
  const contents: unknown[] = [];
  const keep = (...values: unknown[]): void => {
    if (contents.length < mostItems) contents.push(...values);
  };
  if (item instanceof Map) forEachOfMap.call(item, (value, key) => keep(key, value));
  else if (item instanceof Set) forEachOfSet.call(item, (value) => keep(value));
  const length = isArray(item) ? Math.min(item.length, mostItems) : 0;
  const keys = isArray(item) ? Array.from({ length }, (_, index) => String(index)) : ownKeys(item);
  for (const key of keys) keep(getOwnPropertyDescriptor(item, key)?.value);
  return contents;
}

/** How those of the promises have ended that have, and those that they gave. */
async function endingsOf(
  promises: readonly Promise<unknown>[],
  find: (value: unknown) => readonly Promise<unknown>[],
): Promise<readonly Ending[]> {
  // Whoever asks a promise has taken care of its failure: first the page has to hear of those of which nobody
  // has.
  await turn();
  await turn();
  const endings: Ending[] = [];
  let isOver = false;
  const ask = (promise: Promise<unknown>): void => {
    const onFulfilled = (value: unknown): void => {
      endings.push({ promise, value, isRejected: false });
    };
    const onRejected = (value: unknown): void => {
      // Too late for the text: it is nobody's failure but the cell's, and heard of as if nobody had asked.
      if (isOver) throw value;
      endings.push({ promise, value, isRejected: true });
    };
    try {
      apply(then, promise, [onFulfilled, onRejected]);
    } catch {
      // It only inherits from promises, and never ends.
    }
  };
  let next = promises;
  for (let depth = 0; depth <= deepest && next.length > 0; depth++) {
    const before = endings.length;
    for (const promise of next) ask(promise);
    await turn();
    next = endings.slice(before).flatMap((ending) => find(ending.value));
  }
  isOver = true;
  return [...endings];
}

/** Until what waits for the event loop has had its turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    later(resolve);
  });
}

/*
 * `inspect` breaks a promise's text into lines as it does a set's with one element, but for the letters
 * before the brace. So sets stand for promises while the text is made, whose names are as long as what is to
 * stand there, of characters that nothing else has.
 */
const fulfilled = setNamed("\u{e0c0}".repeat("Promise {".length - "(1) {".length));
const rejected = setNamed("\u{e0c1}".repeat("Promise {<rejected> ".length - "(1) {".length));

function setNamed(name: string): SetConstructor {
  const named = {
    [name]: class extends Set<unknown> {
      override get [Symbol.toStringTag](): string {
        return name;
      }
    },
  };
  return named[name] as unknown as SetConstructor;
}

function standIn({ value, isRejected }: Omit<Ending, "promise">): Set<unknown> {
  return new (isRejected ? rejected : fulfilled)([value]);
}

function withoutStandIns(text: string): string {
  return text
    .replaceAll(/\u{e0c0}+\(1\) \{/gu, "Promise {")
    .replaceAll(/\u{e0c1}+\(1\) \{(\s+)/gu, "Promise {$1<rejected> ");
}
