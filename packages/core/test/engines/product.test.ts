import { expect, test } from "vitest";
import type { ProductPlace } from "../../src/engines/engine.js";
import { addByLoops, addProduct } from "../../src/engines/product.js";
import { Draw } from "./random-geometry.js";

/** A product somewhere inside larger matrices; sizes around the blocks' in each direction by turns. */
function drawn(seed: number) {
  const d = new Draw(seed);
  const sizes = [d.whole(1, 40), d.whole(1, 40), d.whole(0, 60)];
  if (seed % 4 > 0)
    sizes[(seed % 4) - 1] = [d.whole(60, 140), d.whole(250, 530), d.whole(505, 1030)][
      (seed % 4) - 1
    ] as number;
  const [rows, columns, depth] = sizes as [number, number, number];
  const place: ProductPlace = {
    ...{ rows, columns, depth },
    ...{ sumAt: d.whole(0, 9), sumStride: columns + d.whole(0, 5) },
    ...{
      bAt: d.whole(0, 9),
      bStride: depth + d.whole(0, 5),
      aAt: d.whole(0, 9),
      aStride: columns + d.whole(0, 5),
    },
  };
  const values = (count: number): Float64Array =>
    Float64Array.from({ length: count }, () => (d.whole(-1e9, 1e9) / 3) * 2 ** d.whole(-30, 30));
  return {
    place,
    sum: values(place.sumAt + rows * place.sumStride + 3),
    b: values(place.bAt + rows * place.bStride + 3),
    a: values(place.aAt + depth * place.aStride + 3),
  };
}

test("24 products: the same bits as the definition in order, and nothing written beside them", () => {
  for (let seed = 0; seed < 24; seed++) {
    const { place, sum, b, a } = drawn(seed);
    const want = sum.slice();
    for (let r = 0; r < place.rows; r++) {
      for (let c = 0; c < place.columns; c++) {
        const at = place.sumAt + r * place.sumStride + c;
        for (let k = 0; k < place.depth; k++) {
          want[at] =
            (want[at] as number) +
            (b[place.bAt + r * place.bStride + k] as number) *
              (a[place.aAt + k * place.aStride + c] as number);
        }
      }
    }
    const looped = sum.slice();
    addByLoops(looped, b, a, place);
    addProduct(sum, b, a, place);
    expect(
      sum.every((value, i) => Object.is(value, want[i])),
      `seed ${seed}`,
    ).toBe(true);
    expect(
      looped.every((value, i) => Object.is(value, want[i])),
      `seed ${seed}`,
    ).toBe(true);
  }
});

test("what is not finite stays where it belongs", () => {
  const n = 40;
  const a = new Float64Array(n * n).fill(1);
  const b = new Float64Array(n * n).fill(1);
  b[3 * n + 7] = Number.NaN;
  a[5 * n + 9] = Number.POSITIVE_INFINITY;
  const sum = new Float64Array(n * n);
  const place = {
    rows: n,
    columns: n,
    depth: n,
    sumAt: 0,
    sumStride: n,
    bAt: 0,
    bStride: n,
    aAt: 0,
    aStride: n,
  };
  addProduct(sum, b, a, place);
  const want = Array.from(sum, (_, i) =>
    Math.floor(i / n) === 3 ? Number.NaN : i % n === 9 ? Number.POSITIVE_INFINITY : n,
  );
  expect(Array.from(sum)).toEqual(want);
});
