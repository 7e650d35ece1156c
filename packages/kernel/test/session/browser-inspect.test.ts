import { inspect as inspectOfNode } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { inspect } from "../../src/session/browser/runtime/inspect.js";

/** As a session shows values. */
const options = { depth: 4, maxArrayLength: 100, maxStringLength: 100_000, breakLength: 80 } as const;

class Point {
  readonly x = 1;
  #hidden = 2;
  get far(): number {
    return this.#hidden;
  }
}
class Empty {}
const circular: { self?: unknown; list: unknown[] } = { list: [1] };
circular.self = circular;
circular.list.push(circular);

/**
 * What notebooks hold, beside what is drawn. Left out is what no page can see (what an iterator still has, a promise's state) and what
 * differs between versions of Node (how an ArrayBuffer's size is written).
 */
const values: readonly unknown[] = [
  new Point(),
  Point,
  class Derived extends Point {},
  new Empty(),
  Object.create(null),
  Object.create({ a: 1 }),
  Object.assign(() => 1, { a: 1 }),
  function named() {},
  async () => {},
  function* generator() {},
  circular,
  // biome-ignore lint/suspicious/noSparseArray: the hole is meant
  [1, , 3],
  Object.assign([1, 2], { extra: "x" }),
  { "a-b": 1, $c: 2, 3: 4 },
  {
    get a() {
      return 1;
    },
    set b(_value: number) {},
    get c() {
      return 1;
    },
    set c(_value: number) {},
  },
  new Map<unknown, unknown>([[{ a: 1 }, new Set([1, "b"])]]),
  new Float32Array([1.5, Number.NaN, -0]),
  new Date(Number.NaN),
  new Date(0),
  /a+/gi,
  new WeakMap(),
  new Boolean(false),
  new String("text"),
  Object(Symbol("s")),
  -0,
  [-0, 0, 1e21, 1e-7],
  'it\'s "both" `three`',
  ["a\nb", "\u001b[1m", "\ud800", "it's"],
  Array.from({ length: 120 }, (_, at) => at),
  Array.from({ length: 30 }, (_, at) => `text ${at}`),
  { a: { b: { c: { d: { e: { f: 1 } } } } } },
  "x".repeat(200),
  { long: "x".repeat(100), other: ["y".repeat(60), "z".repeat(60)] },
  Math,
  JSON,
  undefined,
  null,
  10n ** 30n,
  Symbol("a b"),
  // biome-ignore lint/suspicious/noSparseArray: the hole is meant
  [undefined, null, , undefined],
];

test.each(values.map((value, at) => ({ at, value })))("value $at is shown as Node shows it", ({ value }) => {
  expect(inspect(value, options)).toBe(inspectOfNode(value, options));
});

test("drawn values are shown as Node shows them", () => {
  const drawn = fc.anything({
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withObjectString: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
    maxDepth: 4,
  });
  fc.assert(
    fc.property(drawn, (value) => inspect(value, options) === inspectOfNode(value, options)),
    { numRuns: 4000, seed: 7 },
  );
});
