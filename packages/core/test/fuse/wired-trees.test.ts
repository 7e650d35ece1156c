import { setEngine } from "@convfuse/core";
import { expect, test } from "vitest";
import { checkWiredTree } from "./check-tree.js";

const count = Math.ceil(Number(process.env.CONVFUSE_TREES ?? 400) / 20);
const first = Number(process.env.CONVFUSE_FIRST ?? 1000 * Number(process.env.CONVFUSE_SEED ?? 1));

const kindsOfWires = ["Concat", "Sequential", "Sum", "Unknown", "Wired"];

test(
  `${count} random trees with wires of their own from seed ${first} on: fused within the bound of float64, nothing grows where it may not`,
  async () => {
    await setEngine("reference");
    const kinds = { one: 0, parts: 0, kept: 0, throws: 0 };
    const layers = new Set<string>();
    for (let seed = first; seed < first + count; seed++) {
      const { kind, problems, layers: drawn } = checkWiredTree(seed);
      expect(problems, `seed ${seed}`).toEqual([]);
      kinds[kind]++;
      for (const name of drawn) layers.add(name);
    }
    if (count < 50) return;
    // A generator that only draws trees of one kind would prove little; a few trees may be.
    expect(kinds.one).toBeGreaterThan(0);
    expect(kinds.parts).toBeGreaterThan(count / 4);
    expect(kinds.throws).toBeLessThan(count / 4);
    expect([...layers]).toEqual(expect.arrayContaining(kindsOfWires));
  },
  120_000 + 4_000 * count,
);
