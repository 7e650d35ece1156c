import { expect, test } from "vitest";
import { rangeOf } from "../../src/fuse/notes.js";
import { Dice } from "./random-tree.js";

test("the range of any number of values, wherever its ends lie", () => {
  for (let seed = 0; seed < 40; seed++) {
    const dice = new Dice(seed);
    const values = Float64Array.from({ length: 1 + (seed % 11) }, () => dice.roll(2001) - 1000);
    expect(rangeOf("w", values)).toEqual({ path: "w", min: Math.min(...values), max: Math.max(...values) });
    values[dice.roll(values.length)] = Number.NaN;
    expect(rangeOf("w", values)).toEqual({ path: "w", min: Number.NaN, max: Number.NaN });
  }
});
