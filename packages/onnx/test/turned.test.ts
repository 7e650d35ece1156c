import fc from "fast-check";
import { expect, test } from "vitest";
import { turned, turnedPart } from "../src/constants/turned.js";

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
        const whole = turned(values, rows, columns);
        const part = turnedPart(
          (start, out) => out.set(values.subarray(start, start + out.length)),
          rows,
          columns,
        );
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

test("a small one is read as a whole", () => {
  expect(turnedPart(() => undefined, 1024, 2048)).toBeUndefined();
  expect([...turned(Float32Array.of(1, 2, 3, 4, 5, 6), 2, 3)]).toEqual([1, 4, 2, 5, 3, 6]);
});
