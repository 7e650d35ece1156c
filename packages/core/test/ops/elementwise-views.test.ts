import { add, copy, mul, relu, sub, type Tensor, tensor, toNested } from "@convfuse/core";
import fc from "fast-check";
import ndarray from "ndarray";
import { expect, test } from "vitest";
import { build } from "./problem.js";

/** Every kind of float32: zeros, subnormals, whole, largest and infinite ones of both signs, NaNs, and any other. */
const word = fc.oneof(
  fc.constantFrom(0, 1, 0x7f7fffff, 0x7f800000, 0x7f800001, 0x7fc00000, 0x3f800000, 0x00800000),
  fc.integer({ min: 0, max: 0x7fffffff }),
);
const value = fc
  .tuple(word, fc.boolean())
  .map(([bits, negative]) => ((negative ? 0x80000000 : 0) | bits) >>> 0);

/** A view of rank 0 to 4: axes in any order, backwards, repeated by a stride of 0, with gaps, not from the start. */
const shapes = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 });
function view(shape: readonly number[]): fc.Arbitrary<Tensor> {
  const axis = fc.constantFrom(-2, -1, 0, 1, 2);
  return fc
    .record({
      steps: fc.tuple(...shape.map(() => axis)),
      order: fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }),
      before: fc.nat(3),
      words: fc.array(value, { minLength: 1, maxLength: 40 }),
    })
    .map(({ steps, order, before, words }) => {
      const strides = shape.map(() => 0);
      let span = 1;
      let offset = before;
      for (const at of order) {
        const step = (steps[at] as number) * span;
        strides[at] = step;
        const reach = Math.max((shape[at] as number) - 1, 0) * Math.abs(step);
        if (step < 0) offset += reach;
        span += reach;
      }
      const bits = Uint32Array.from({ length: before + span }, (_, i) => words[i % words.length] as number);
      return ndarray(new Float32Array(bits.buffer), [...shape], strides, offset);
    });
}

const pairs = shapes.chain((shape) => fc.tuple(view(shape), view(shape)));
const byIndex = (x: Tensor, of: (...index: number[]) => number) =>
  build(x.shape, (index) => Math.fround(of(...index)));

/** Math.max would make 0 of -0. */
function rectified(value: number): number {
  const isNegative = value < 0;
  return isNegative ? 0 : value;
}

/** toEqual takes NaN for equal to itself, and tells 0 from -0. */
function expectSame(actual: Tensor, expected: Tensor): void {
  expect(actual.shape).toEqual(expected.shape);
  expect([...actual.data]).toEqual([...expected.data]);
}

test("any two views give what their definition gives, element by element", () => {
  fc.assert(
    fc.property(pairs, ([a, b]) => {
      expectSame(
        add(a, b),
        byIndex(a, (...at) => a.get(...at) + b.get(...at)),
      );
      expectSame(
        sub(a, b),
        byIndex(a, (...at) => a.get(...at) - b.get(...at)),
      );
      expectSame(
        mul(a, b),
        byIndex(a, (...at) => a.get(...at) * b.get(...at)),
      );
    }),
    { numRuns: 1000 },
  );
});

test("any view and a number, which is rounded to float32 first", () => {
  fc.assert(
    fc.property(shapes.chain(view), fc.double(), (a, number) => {
      const b = Math.fround(number);
      expectSame(
        add(a, number),
        byIndex(a, (...at) => a.get(...at) + b),
      );
      expectSame(
        sub(a, number),
        byIndex(a, (...at) => a.get(...at) - b),
      );
      expectSame(
        mul(a, number),
        byIndex(a, (...at) => a.get(...at) * b),
      );
    }),
    { numRuns: 1000 },
  );
});

test("any view rectified, copied, and as nested arrays", () => {
  fc.assert(
    fc.property(shapes.chain(view), (x) => {
      expectSame(
        relu(x),
        byIndex(x, (...at) => rectified(x.get(...at))),
      );
      const same = byIndex(x, (...at) => x.get(...at));
      expectSame(copy(x), same);
      expect(copy(x).data.buffer).not.toBe(x.data.buffer);
      // No axis after an empty one can be told from nested arrays.
      if (!x.shape.includes(0)) expectSame(tensor(toNested(x)), same);
    }),
    { numRuns: 1000 },
  );
});

test("relu keeps or clears whole words: of every exponent and sign, with the first and last fractions", () => {
  const fractions = [0, 1, 0x400000, 0x7fffff];
  const words = Uint32Array.from(
    { length: 512 * fractions.length },
    (_, i) => (((i >> 2) << 23) | (fractions[i & 3] as number)) >>> 0,
  );
  const x = new Float32Array(words.buffer);
  const y = relu(ndarray(x, [words.length]));
  const expected = words.map((bits, i) => ((x[i] as number) < 0 ? 0 : bits));
  expect([...new Uint32Array(y.data.buffer)]).toEqual([...expected]);
});
