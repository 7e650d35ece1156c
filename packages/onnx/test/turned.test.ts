import fc from "fast-check";
import { expect, test } from "vitest";
import { placeTurned, turned, turnedPart } from "../src/constants/turned.js";

test("parts of a large matrix that is read the other way round are those of the whole", () => {
  const sizes = fc.tuple(fc.integer({ min: 1, max: 2600 }), fc.integer({ min: 0, max: 99 }));
  fc.assert(
    fc.property(
      sizes,
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 9000 })), { minLength: 5 }),
      ([rows, more], places) => {
        // Just over what is read as a whole.
        const columns = Math.floor(2 ** 21 / rows) + 1 + more;
        const values = Float64Array.from({ length: rows * columns }, (_, i) => i);
        const whole = turned(values, { rows, columns });
        const part = turnedPart((start, out) => out.set(values.subarray(start, start + out.length)), {
          rows,
          columns,
        });
        for (const [place, length] of places) {
          const start = place % values.length;
          const out = new Float64Array(Math.min(length, values.length - start));
          part?.(start, out);
          expect(out).toEqual(whole.subarray(start, start + out.length));
          const [row, column] = [start % rows, Math.floor(start / rows)];
          expect(out[0]).toBe(row * columns + column);
        }
      },
    ),
    { numRuns: 12, seed: 7 },
  );
});

test("of kernels in groups every tap stands where its definition says, read in parts and put together from parts", () => {
  const sizes = fc.record({
    groups: fc.integer({ min: 1, max: 5 }),
    rows: fc.integer({ min: 1, max: 90 }),
    taps: fc.integer({ min: 2, max: 9 }),
    more: fc.nat({ max: 40 }),
  });
  fc.assert(
    fc.property(
      sizes,
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 3000 })), { minLength: 5 }),
      ({ groups, rows, taps, more }, places) => {
        const columns = Math.floor(2 ** 16 / (groups * rows * taps)) + 1 + more;
        const values = Float64Array.from({ length: groups * rows * columns * taps }, (_, i) => i);
        const turning = { groups, rows, columns, taps };
        const part = turnedPart((start, out) => out.set(values.subarray(start, start + out.length)), turning);
        // [groups, columns, rows, taps]
        const expected = (at: number): number => {
          const tap = at % taps;
          const row = Math.floor(at / taps) % rows;
          const column = Math.floor(at / (taps * rows)) % columns;
          const group = Math.floor(at / (taps * rows * columns));
          return ((group * rows + row) * columns + column) * taps + taps - 1 - tap;
        };
        const whole = turned(values, turning);
        expect(whole.every((value, at) => value === expected(at))).toBe(true);
        for (const [place, length] of places) {
          const start = place % values.length;
          const out = new Float64Array(Math.min(length, values.length - start));
          part?.(start, out);
          expect(out).toEqual(whole.subarray(start, start + out.length));
        }
        const put = new Float64Array(values.length);
        const some = 1 + more;
        for (let first = 0; first < groups * rows; first += some)
          placeTurned(
            put,
            values.subarray(first * columns * taps, (first + some) * columns * taps),
            first,
            turning,
          );
        expect(put).toEqual(whole);
      },
    ),
    { numRuns: 12, seed: 7 },
  );
});

test("a small one is read as a whole", () => {
  expect(turnedPart(() => undefined, { rows: 256, columns: 256 })).toBeUndefined();
  expect([...turned(Float32Array.of(1, 2, 3, 4, 5, 6), { rows: 2, columns: 3 })]).toEqual([1, 4, 2, 5, 3, 6]);
});
