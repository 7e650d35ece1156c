import { setEngine } from "@convfuse/core";
import { expect, test } from "vitest";
import { checkRankedTree } from "./check-tree.js";
import { families } from "./random-ranked-tree.js";

const count = Math.ceil(Number(process.env.CONVFUSE_TREES ?? 120) / 2);
const first = Number(process.env.CONVFUSE_FIRST ?? 1000 * Number(process.env.CONVFUSE_SEED ?? 1));

test.each(families)(
  `${count} random trees of %s from seed ${first} on: fused within the bound of float64, throwing where they threw`,
  async (family) => {
    await setEngine("reference");
    const kinds = { one: 0, parts: 0, kept: 0, throws: 0 };
    for (let seed = first; seed < first + count; seed++) {
      const { kind, problems } = checkRankedTree(seed, family);
      expect(problems, `seed ${seed}`).toEqual([]);
      kinds[kind]++;
    }
    // A generator that only draws trees of one kind would prove little.
    // A few trees need not have all kinds.
    if (count < 60) return;
    expect(kinds.one).toBeGreaterThan(count / 8);
    expect(kinds.parts).toBeGreaterThan(count / 20);
    expect(kinds.throws).toBeLessThan(count / 4);
  },
  120_000 + 2_000 * count,
);
